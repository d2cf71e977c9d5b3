"""How mail programs introduce a quotation, in the languages they speak: pieces of regular expressions for `quotes`.

Data only, and how our own mails mark one. Ruff's look-alike rule is off for this file: Cyrillic words are meant to be
Cyrillic.
"""

from __future__ import annotations

WROTE = (
    r"wrote|writes|said|schrieb(?:en)?|schreibt|geschrieben|a écrit|écrit|escribió|escribio|ha scritto|scritto|scrive"
    r"|escreveu|schreef|geschreven|skrev|skreiv|skrifaði|kirjoitti|napisał(?:\(a\)|a)?|napisal(?:\(a\)|a)?"
    r"|napsal(?:\(a\)|a)?|pisze|napisao(?:/la)?|пише[тш]?|написал(?:\(а\)|а)?|писал(?:\(а\)|а)?|написав(?:\(ла\))?"
    r"|írta|a scris|έγραψε|yazdı|yazmış|đã viết|viết|menulis|va escriure|rašė|parašė|kirjutas|rakstīja|написа"
    r"|写道|寫道|写了|のメール|さんは書きました|wrote in message|작성|작성했습니다|כתב(?:ה)?|مرسل|كتب|เขียน"
)
"""Verbs of attribution lines, before the colon."""

BEGINNINGS = (
    r"on|am|le|el|il|em|op|den|dne|dnia|w dniu|ve|på|ons|tir|tor|fre|lør|søn|man|à|в|у|na|pe|pada|vào|στις|în data"
    r"|в письме|quoting|mon|tue|wed|thu|fri|sat|sun|\d{1,4}[-/. 年]"
)
"""How attribution lines begin."""

RULES = (
    r"original message|original appointment|forwarded message|reply message|original e-?mail|reply above this line"
    r"|message d'origine|message original|message transféré|ursprüngliche nachricht|ursprungliche nachricht"
    r"|originalnachricht|weitergeleitete nachricht|mensaje original|mensaje reenviado|mensagem original"
    r"|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|originele bericht|doorgestuurd bericht"
    r"|ursprungligt meddelande|original meddelande|oprindelig meddelelse|oprindelig besked|opprinnelig melding"
    r"|opprinnelig e-post"
    r"|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|пересылаемое сообщение"
    r"|пересланное сообщение|оригинальное сообщение|αρχικό μήνυμα|eredeti üzenet|orijinal mesaj"
    r"|原始邮件|邮件原件|原始郵件|転送メッセージ|元のメッセージ|원본 메시지"
)
"""Headings between a reply and the copied mail."""

FROM_FIELDS = (
    r"from|von|de|da|van|från|fra|lähettäjä|od|от(?: кого)?|отправитель|від|kimden|gönderen|feladó|από|expéditeur"
    r"|remitente|dari|发件人|寄件者|差出人|보낸 ?사람|מאת"
)
OTHER_FIELDS = (
    r"sent|date|to|cc|subject|reply-to|importance|attachments|gesendet|datum|an|betreff|envoyé|à|objet|date d'envoi"
    r"|enviado(?: el)?|para|asunto|fecha|assunto|data|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne"
    r"|sendt|til|emne|lähetetty|vastaanottaja|aihe|wysłano|do|temat|sujet|copie à|copie|kopie|kopi|dato"
    r"|message du|odesláno|komu|předmět|дата|отправлено|кому|тема"
    r"|копия|надіслано|tarih|kime|konu|gönderilme|címzett|tárgy|elküldve|发送时间|收件人|主题|抄送|日期|宛先|件名"
    r"|送信日時|받는 ?사람|제목|보낸 ?날짜"
)
"""Names of header fields copied above a quoted mail."""

SENT_FROM = (
    r"sent (?:from|via|by|using|with) (?:my |a |the |mail |outlook|samsung|yahoo|proton|gmail|bluemail|nine"
    r"|mobile|aol"
    r"|iphone|ipad|android|blackberry|huawei|mailbox|mymail|k-9|spark)|get outlook for|sent on the go"
    r"|from my (?:iphone|ipad|mobile)|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus)"
    r"|diese nachricht wurde von meinem|envoyé (?:de|depuis|à partir)|enviado (?:desde|do|a partir|de)"
    r"|inviato (?:da|dal)|verzonden (?:vanaf|met|van|via)|skickat från|sendt fra|lähetetty|wysłan[eo] z|odesláno z"
    r"|отправлено (?:с|из|от)|发自我的|從我的|iPhoneから送信|나의 .{1,20}에서"
)
"""Lines phones add below a mail."""

SENT_TAG = '<blockquote type="cite" style="margin:0 0 0 0.8ex;border-left:2px solid #c8ccd2;padding-left:1ex">'
"""What begins a quotation in the HTML we send: it looks like one without a style sheet, and programs fold it away."""
