"""The providers Rapport knows, one entry each. Facts are the providers' own; none holds a client id or a secret.

Endpoints and scopes are those their developer pages name; limits and habits come from their help pages and from what
other mail programs learned.
"""

from __future__ import annotations

from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.provider import LOOPBACK, Note, OAuth, Provider, Redirect, Server, SignIn, UserName

_MICROSOFT = OAuth(
    authorise_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",
    # one token is for one resource: nothing of Graph may stand beside these
    scopes=(
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
        "openid",
        "email",
        "profile",
    ),
    extra=(("prompt", "select_account"),),
    redirect=Redirect.LOCALHOST,
)


def _yahoo(host: str) -> OAuth:
    """Return the sign-in of Yahoo, which AOL has under a name of its own. It redirects to pages by https alone."""
    return OAuth(
        authorise_url=f"https://{host}/oauth2/request_auth",
        token_url=f"https://{host}/oauth2/get_token",
        scopes=("mail-w",),
        redirect=Redirect.PAGE,
        wants_secret=True,
    )


def _zoho(ending: str, region: str) -> Provider:
    """Return Zoho in one of its regions, whose accounts know nothing of each other."""
    return Provider(
        id="zoho" if ending == "com" else f"zoho-{ending.removeprefix('com.')}",
        name=f"Zoho Mail{region}",
        domains=(f"zoho.{ending}", f"zohomail.{ending}"),
        mx_suffixes=(f"zoho.{ending}", f"zohomail.{ending}"),
        imap=Server(f"imap.zoho.{ending}", 993),
        smtp=Server(f"smtp.zoho.{ending}", 465),
        other_hosts=(f"imappro.zoho.{ending}", f"smtppro.zoho.{ending}"),
        sign_ins=(SignIn.PASSWORD, SignIn.APP_PASSWORD),
        notes=(Note.IMAP_OFF, Note.APP_PASSWORD_WITH_SECOND_STEP),
        help_url="https://www.zoho.com/mail/help/imap-access.html",
        files_sent=True,
        no_condstore=True,  # it offers that, and gives mails the numbers 0 and -1
    )


TABLE: tuple[Provider, ...] = (
    Provider(
        id="google",
        name="Google",
        domains=("gmail.com", "googlemail.com"),
        mx_suffixes=("l.google.com", "googlemail.com", "smtp.google.com"),
        imap=Server("imap.gmail.com", 993),
        smtp=Server("smtp.gmail.com", 465),
        other_hosts=("imap.googlemail.com", "smtp.googlemail.com"),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=OAuth(
            authorise_url="https://accounts.google.com/o/oauth2/v2/auth",
            token_url="https://oauth2.googleapis.com/token",
            scopes=("https://mail.google.com/", "openid", "email"),
            # without these two there is no refresh token the second time
            extra=(("access_type", "offline"), ("prompt", "consent select_account")),
            wants_secret=True,
            issuer="https://accounts.google.com",
        ),
        notes=(Note.APP_PASSWORD,),
        help_url="https://support.google.com/mail/answer/185833",
        files_sent=True,
        daily_bytes=2_500_000_000,
    ),
    Provider(
        id="microsoft",
        name="Microsoft 365",
        mx_suffixes=("mail.protection.outlook.com", "mx.microsoft"),
        imap=Server("outlook.office365.com", 993),
        smtp=Server("smtp.office365.com", 587, Security.STARTTLS),
        other_hosts=("outlook.office.com",),
        sign_ins=(SignIn.OAUTH,),
        oauth=_MICROSOFT,
        notes=(Note.NO_PASSWORD, Note.IMAP_OFF, Note.SMTP_AUTH_OFF),
        help_url="https://aka.ms/smtp_auth_disabled",
        files_sent=True,
        no_condstore=True,
        poll=True,
        shares_mailboxes=True,
        rewrites_message_ids=True,
    ),
    Provider(
        id="outlook",
        name="Outlook.com",
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.fr", "hotmail.co.uk"),
        mx_suffixes=("olc.protection.outlook.com",),
        imap=Server("outlook.office365.com", 993),
        smtp=Server("smtp-mail.outlook.com", 587, Security.STARTTLS),
        other_hosts=("imap-mail.outlook.com",),
        sign_ins=(SignIn.OAUTH,),
        oauth=_MICROSOFT,
        notes=(Note.NO_PASSWORD, Note.IMAP_OFF),
        help_url="https://support.microsoft.com/office/d088b986-291d-42b8-9564-9c414e2aa040",
        files_sent=True,
        no_condstore=True,
        poll=True,
        rewrites_message_ids=True,
    ),
    Provider(
        id="yahoo",
        name="Yahoo Mail",
        domains=(
            *("yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr"),
            *("yahoo.it", "yahoo.es", "yahoo.in", "yahoo.co.in", "yahoo.ca", "yahoo.com.br", "yahoo.com.au"),
            *("att.net", "sbcglobal.net", "bellsouth.net", "sky.com"),
        ),
        mx_suffixes=("yahoodns.net",),
        imap=Server("imap.mail.yahoo.com", 993),
        smtp=Server("smtp.mail.yahoo.com", 465),
        other_hosts=("imap.mail.att.net", "smtp.mail.att.net"),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=_yahoo("api.login.yahoo.com"),
        notes=(Note.APP_PASSWORD,),
        help_url="https://help.yahoo.com/kb/SLN15241.html",
        files_sent=True,
        poll=True,
    ),
    Provider(
        id="aol",
        name="AOL Mail",
        domains=("aol.com", "aim.com", "aol.co.uk", "aol.de", "aol.fr", "verizon.net", "netscape.net"),
        mx_suffixes=("mx-aol.mail.gm0.yahoodns.net",),
        imap=Server("imap.aol.com", 993),
        smtp=Server("smtp.aol.com", 465),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=_yahoo("api.login.aol.com"),
        notes=(Note.APP_PASSWORD,),
        help_url="https://help.aol.com/articles/Create-and-manage-app-password",
        files_sent=True,
        poll=True,
    ),
    Provider(
        id="icloud",
        name="iCloud Mail",
        domains=("icloud.com", "me.com", "mac.com"),
        mx_suffixes=("mail.icloud.com",),
        imap=Server("imap.mail.me.com", 993),
        smtp=Server("smtp.mail.me.com", 587, Security.STARTTLS),
        sign_ins=(SignIn.APP_PASSWORD,),
        notes=(Note.APP_PASSWORD, Note.MAIN_ADDRESS),
        help_url="https://support.apple.com/102654",
        user_name=UserName.LOCAL_PART,
        poll=True,
    ),
    Provider(
        id="fastmail",
        name="Fastmail",
        domains=("fastmail.com", "fastmail.fm", "fastmail.net", "fastmail.org", "sent.com", "messagingengine.com"),
        mx_suffixes=("messagingengine.com",),
        imap=Server("imap.fastmail.com", 993),
        smtp=Server("smtp.fastmail.com", 465),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=OAuth(
            authorise_url="https://api.fastmail.com/oauth/authorize",
            token_url="https://api.fastmail.com/oauth/refresh",
            scopes=("https://www.fastmail.com/dev/protocol-imap", "https://www.fastmail.com/dev/protocol-smtp"),
        ),
        notes=(Note.APP_PASSWORD, Note.PAID_PLAN),
        help_url="https://www.fastmail.help/hc/en-us/articles/360058752854",
    ),
    Provider(
        id="gmx",
        name="GMX",
        domains=("gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "gmx.co.uk", "gmx.fr"),
        mx_suffixes=("gmx.net",),
        imap=Server("imap.gmx.net", 993),
        smtp=Server("mail.gmx.net", 465),
        other_hosts=("imap.gmx.com", "mail.gmx.com", "smtp.gmx.net"),
        sign_ins=(SignIn.PASSWORD, SignIn.APP_PASSWORD),
        notes=(Note.IMAP_OFF, Note.APP_PASSWORD_WITH_SECOND_STEP),
        help_url="https://hilfe.gmx.net/pop-imap/imap/index.html",
        renew_idle_s=12 * 60,
    ),
    Provider(
        id="webde",
        name="WEB.DE",
        domains=("web.de", "email.de"),
        mx_suffixes=("web.de",),
        imap=Server("imap.web.de", 993),
        smtp=Server("smtp.web.de", 587, Security.STARTTLS),
        sign_ins=(SignIn.PASSWORD, SignIn.APP_PASSWORD),
        notes=(Note.IMAP_OFF, Note.APP_PASSWORD_WITH_SECOND_STEP),
        help_url="https://hilfe.web.de/pop-imap/imap/index.html",
        renew_idle_s=12 * 60,
    ),
    Provider(
        id="t-online",
        name="T-Online",
        domains=("t-online.de", "magenta.de"),
        mx_suffixes=("t-online.de",),
        imap=Server("secureimap.t-online.de", 993),
        smtp=Server("securesmtp.t-online.de", 465),
        sign_ins=(SignIn.APP_PASSWORD,),
        notes=(Note.IMAP_OFF, Note.APP_PASSWORD),
        help_url="https://www.telekom.de/hilfe/e-mail/e-mail-passwort",
    ),
    _zoho("com", ""),
    _zoho("eu", " (EU)"),
    _zoho("in", " (IN)"),
    _zoho("com.au", " (AU)"),
    Provider(
        id="proton",
        name="Proton Mail",
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        mx_suffixes=("protonmail.ch",),
        # the Bridge runs on this computer and shows a certificate that it signed itself
        imap=Server(LOOPBACK, 1143, Security.STARTTLS),
        smtp=Server(LOOPBACK, 1025, Security.STARTTLS),
        sign_ins=(SignIn.APP_PASSWORD,),
        notes=(Note.BRIDGE,),
        help_url="https://proton.me/mail/bridge",
        files_sent=True,
    ),
    Provider(
        id="yandex",
        name="Yandex",
        domains=("yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru", "narod.ru"),
        mx_suffixes=("mx.yandex.net", "mx.yandex.ru"),
        imap=Server("imap.yandex.com", 993),
        smtp=Server("smtp.yandex.com", 465),
        other_hosts=("imap.yandex.ru", "smtp.yandex.ru"),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=OAuth(
            authorise_url="https://oauth.yandex.com/authorize",
            token_url="https://oauth.yandex.com/token",
            scopes=("mail:imap_full", "mail:smtp"),
        ),
        notes=(Note.IMAP_OFF, Note.APP_PASSWORD),
        help_url="https://yandex.com/support/yandex-360/customers/mail/en/mail-clients",
    ),
    Provider(
        id="mailru",
        name="Mail.ru",
        domains=("mail.ru", "internet.ru", "bk.ru", "inbox.ru", "list.ru", "xmail.ru"),
        mx_suffixes=("mail.ru",),
        imap=Server("imap.mail.ru", 993),
        smtp=Server("smtp.mail.ru", 465),
        sign_ins=(SignIn.OAUTH, SignIn.APP_PASSWORD),
        oauth=OAuth(
            authorise_url="https://o2.mail.ru/login",
            token_url="https://o2.mail.ru/token",
            scopes=("mail.imap",),
        ),
        notes=(Note.APP_PASSWORD,),
        help_url="https://help.mail.ru/mail/mailer/password",
    ),
)
