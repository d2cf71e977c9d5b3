"""How people say that a file goes along, in the languages they write: pieces of regular expressions. Pure; data only.

Each phrase says it of the mail itself: "I attach", "anbei", "во вложении". A bare "attachment" is mostly said of
somebody else's, and a warning that is mostly wrong is not read any more.
"""

from __future__ import annotations

_NOT_TO = r"(?! by\b| to\b(?! (?:this|the|my) (?:e-?mail|mail|message)))"

PROMISES = (
    # English
    r"(?:i|we)(?:['’]ve| have|['’]m| am|['’]re| are|['’]ll| will)?(?: just| also| now)? "
    r"(?:attach|attached|attaching|enclose|enclosed|enclosing)"
    rf"(?! (?:much|great|no|little|ourselves|myself)\b){_NOT_TO}"
    r"|(?:please |kindly )(?:find|see|review|check)(?: the)?(?: \w+){0,4} (?:attached|enclosed)"
    r"|(?:please |kindly )?(?:find|see)(?: the)? (?:attached|enclosed|attachments?)"
    rf"|(?:is|are|['’]s|here is|here are|here['’]s)(?: \w+){{0,3}} (?:attached|enclosed){_NOT_TO}"
    r"|(?:attached|enclosed)(?: herewith)?(?: please find| you will find| you['’]ll find| is| are| herewith)"
    r"|(?:attached|enclosed) (?:the |a |an |my |our )?(?:files?|documents?|pdf|photos?|pictures?|screenshots?"
    r"|invoices?|reports?|contract|offer|quote|cv|resume)"
    r"|see attached|as attached|per attached"
    # Deutsch
    r"|anbei|im anhang|als anhang|in der anlage (?:finde|send|schick|erh[aä]lt|übersend)\w*|als anlage"
    r"|(?:ist|sind|habe|haben|hab)(?: \w+){0,5} (?:angehängt|beigefügt|angefügt)|beigefügte?[nrs]?|angehängte[nrs]?"
    r"|hänge ich(?: \w+){0,5} an|füge ich(?: \w+){0,5} bei"
    # français
    r"|ci[- ]jointe?s?|ci[- ]incluse?s?|en pi[èe]ces? jointes?|en annexe|(?:je (?:te |vous )?|j['’]ai )joins?"
    r"|nous joignons|veuillez trouver(?: \w+){0,4} jointe?s?"
    # русский, українська
    r"|во вложени(?:и|ях)|в приложени(?:и|ях) к (?:этому )?письму|прикрепл(?:яю|яем)"
    r"|прикрепл(?:[её]н|ена|ено|ены)(?! к (?!письму|этому|сообщению))"
    r"|прикрепил[аи]?|прилага(?:ю|ем|ется|ются)|вкладываю|вложил[аи]?(?: \w+){0,2} (?:файл|документ|фото|сч[её]т)\w*"
    r"|приложил[аи]?(?: \w+){0,2} (?:файл|документ|фото|сч[её]т|договор|скан)\w*|(?:см\.?|смотрите?) вложени[ея]"
    r"|у вкладенні|прикріплюю|додаю (?:файл|документ)\w*"
    # español, português, italiano, Nederlands, polski
    r"|adjunt(?:o|amos) (?:el|la|los|las|un|una|te|le|os|les|env[ií]o|encontrar\w*)|(?:te|le|os|les) adjunto"
    r"|(?:segue|seguem|envio|envie) (?:\w+ ){0,3}(?:em )?anexo|em anexo"
    r"|in allegato|(?:ti |vi |le )?allego|alleghiamo"
    r"|in de bijlage|als bijlage|bijgevoegde?"
    r"|w załączniku|w załączeniu|załącz(?:am|amy)"
)
"""What promises a file. Each stands between words' ends."""

DENIALS = (
    r"not attached|n['’]t attach(?:ed)?|not attach|no attachments?|without (?:an |any |the )?attachments?"
    r"|(?:your|his|her|their) attach(?:ment|ments|ed)|you(?:['’]ve| have)? (?:attached|enclosed)"
    r"|attached to (?:your|his|her|their)|nothing attached|can(?:not|['’]t) open"
    r"|(?:is|are) (?:\w+ ){0,4}(?:attached|enclosed)\?"
    r"|kein(?:en?)? anhang|ohne anhang|im anhang (?:deiner|ihrer|eurer|seiner)"
    r"|sans pi[èe]ce|pas de pi[èe]ce"
    r"|без вложени\w*|нет вложени\w*|(?:не вижу|вашем|твоем|твоём) (?:\w+ )?вложени\w*"
    r"|не (?:прикреп|прилож|прилаг|влож)\w*|(?:вы|ты|он|она|они) прикрепил[аи]?|прилага\w+ (?:\w+ )?усили\w*"
)
"""What says it of another mail, or says that there is none."""
