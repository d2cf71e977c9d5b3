"""The words languages have for the roles of folders. Pure.

They tell the role where a server does not say it (RFC 6154), and which names may be shown in the person's language.

One name a word; "|" stands between them. Compared without case; a role nobody named stays with no folder.
"""

from __future__ import annotations

from desktop.domain.mail.folder import Role

_WORDS: dict[Role, str] = {
    Role.SENT: """
        sent|sent items|sent mail|sent messages|sent-mail|sent_mail|sentmail|gesendet|gesendete elemente
        |gesendete objekte|gesendete nachrichten|postausgang gesendet|envoyés|envoyes|éléments envoyés
        |messages envoyés|objets envoyés|courrier envoyé|enviados|elementos enviados|mensajes enviados
        |correo enviado|itens enviados|mensagens enviadas|inviata|posta inviata|inviati|messaggi inviati
        |verzonden|verzonden items|verzonden berichten|отправленные|отправленное|исходящие отправленные
        |надіслані|відправлені|адпраўленыя|wysłane|elementy wysłane|wyslane|odeslaná pošta|odeslané|odeslaná
        |odoslané|odoslaná pošta|elküldött|elküldött elemek|elküldött üzenetek|trimise|elemente trimise
        |изпратени|poslano|poslane poruke|poslata|послато|απεσταλμένα|gönderilmiş öğeler|gönderilenler
        |gönderilmiş postalar|skickat|skickade|skickade objekt|sendt|sendte elementer|sendte meldinger
        |sendt post|lähetetyt|saadetud|nosūtītie|išsiųsti|已发送|已发送邮件|已傳送郵件|寄件備份|寄件备份
        |送信済み|送信済みメール|送信済みアイテム|보낸편지함|보낸 편지함|보낸 메일함|đã gửi|thư đã gửi|terkirim
        |item terkirim|ส่งแล้ว|رسائل مرسلة|المرسلة|العناصر المرسلة|פריטים שנשלחו|נשלח|भेजा गया
    """,
    Role.DRAFTS: """
        drafts|draft|draft messages|entwürfe|entwurfe|entwurf|brouillons|brouillon|borradores|borrador|rascunhos
        |rascunho|bozze|bozza|concepten|черновики|чернетки|чарнавікі|kopie robocze|wersje robocze|szkice|robocze
        |koncepty|rozepsané|rozpracované|piszkozatok|vázlatok|ciorne|schițe|чернови|nacrti|skice|osnutki|нацрти
        |πρόχειρα|taslaklar|utkast|kladder|kladde|luonnokset|mustandid|melnraksti|juodraščiai|草稿|草稿箱|草稿夾
        |下書き|임시보관함|임시 보관함|thư nháp|bản nháp|konsep|draf|ร่างจดหมาย|ฉบับร่าง|مسودات|المسودات|טיוטות
        |प्रारूप
    """,
    Role.TRASH: """
        trash|deleted|deleted items|deleted messages|bin|rubbish|wastebasket|papierkorb|gelöschte elemente
        |gelöscht|gelöschte objekte|gelöschte nachrichten|corbeille|éléments supprimés|messages supprimés
        |objets supprimés|papelera|elementos eliminados|eliminados|correo eliminado|lixeira|itens eliminados
        |reciclagem|cestino|posta eliminata|eliminati|prullenbak|verwijderde items|удаленные|удалённые|корзина
        |удаленное|кошик|видалені|сметніца|kosz|usunięte|elementy usunięte|koš|odstraněná pošta|odstranené|kôš
        |odstránené|kuka|lomtár|törölt elemek|coș de gunoi|gunoi|elemente șterse|кошче|изтрити|smeće|obrisano
        |izbrisano|отпад|κάδος|απορρίμματα|διαγραμμένα|çöp|çöp kutusu|silinmiş öğeler|papperskorgen|papperskorg
        |borttagna objekt|papirkurv|slettede elementer|slettet post|roskakori|poistetut|prügikast|miskaste
        |atkritne|šiukšliadėžė|已删除|已删除邮件|垃圾桶|刪除的郵件|已刪除的郵件|回收站|ゴミ箱|ごみ箱
        |削除済みアイテム|휴지통|지운 편지함|삭제된 편지함|thùng rác|sampah|ถังขยะ|المهملات|سلة المهملات
        |العناصر المحذوفة|אשפה|פריטים שנמחקו|ट्रैश
    """,
    Role.JUNK: """
        junk|spam|junk e-mail|junk email|junk mail|bulk mail|bulk|spamverdacht|unerwünscht|unerwünschte werbung
        |spam-mail|werbung|courrier indésirable|indésirables|pourriel|pourriels|correo no deseado|no deseado
        |lixo eletrônico|lixo eletrónico|lixo electrónico|posta indesiderata|indesiderata|ongewenste e-mail
        |ongewenst|спам|нежелательная почта|небажана пошта|wiadomości-śmieci|niechciane|nevyžádaná pošta
        |nevyžiadaná pošta|levélszemét|mesaje nedorite|нежелана поща|neželjena pošta|neželena pošta|непожељно
        |ανεπιθύμητη αλληλογραφία|ανεπιθύμητα|önemsiz|gereksiz e-posta|istenmeyen|skräppost|skräp|uønsket e-post
        |søppelpost|uønsket post|roskaposti|rämpspost|mēstules|brukalas|垃圾邮件|垃圾郵件|迷惑メール|スパム|스팸
        |스팸편지함|정크 메일|thư rác|จดหมายขยะ|สแปม|بريد غير هام|البريد العشوائي|דואר זבל|ספאם|स्पैम
    """,
    Role.ARCHIVE: """
        archive|archives|archived|archiv|archivé|archivées|archivo|archivos|archivados|arquivo|arquivados
        |arquivo morto|archivio|archiviati|archief|gearchiveerd|архив|архивы|архів|архіў|archiwum|archív
        |archívum|arhivă|arhiva|arhiv|αρχείο|αρχειοθέτηση|arşiv|arkiv|arkisto|arhiiv|arhīvs|archyvas|归档|存档
        |封存|保存|アーカイブ|보관함|보관|lưu trữ|arsip|เก็บถาวร|أرشيف|الأرشيف|ארכיון|संग्रह
    """,
}

_ROLES: dict[str, Role] = {word.strip().casefold(): role for role, words in _WORDS.items() for word in words.split("|")}


def role_of(name: str) -> Role:
    """Return the role a folder's last name means in one of many languages; NONE when it means nothing known."""
    return _ROLES.get(" ".join(name.casefold().split()), Role.NONE)
