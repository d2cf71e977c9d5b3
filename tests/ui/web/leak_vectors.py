"""Everything a mail can hold that has ever made a program fetch something (C1). Written out, one name each.

Every vector names a host of its own, so that a packet tells which one leaked. `alone` are those that would change what
the others of the same page do.
"""

from __future__ import annotations

from collections.abc import Iterator

HOST = "leak.test"


def url(name: str, kind: str = "png") -> str:
    return f"http://{name}.{HOST}/{name}.{kind}"


def vectors() -> dict[str, str]:
    """Return the HTML of every vector that can share a page with others."""
    made = {
        "img": '<img src="{u}">',
        "img-https": '<img src="https://img-https.leak.test/x.png">',
        "img-protocol-relative": '<img src="//img-protocol-relative.leak.test/x.png">',
        "img-ip": '<img src="http://127.0.0.1/ip.png">',
        "img-ipv6": '<img src="http://[::1]/ip6.png">',
        "img-number": '<img src="http://2130706433/number.png">',
        "img-ftp": '<img src="ftp://img-ftp.leak.test/x.png">',
        "img-ws": '<img src="ws://img-ws.leak.test/x">',
        "srcset": '<img srcset="{u} 1x, {u}?2 2x">',
        "picture": '<picture><source srcset="{u}"><img src="data:,"></picture>',
        "lowsrc": '<img lowsrc="{u}" dynsrc="{u}?d" longdesc="{u}?l">',
        "input-image": '<input type="image" src="{u}">',
        "body-background": '<body background="{u}">',
        "table-background": '<table background="{u}"><tr background="{u}?r"><td background="{u}?d">x</td></tr></table>',
        "style-url": "<div style=\"background:url('{u}')\">x</div>",
        "style-escape": '<div style="background:\\75rl({u})">x</div>',
        "style-comment": '<div style="background:u/**/rl({u})">x</div>',
        "style-unclosed": '<div style="background:url({u}">x</div>',
        "style-image-set": "<div style=\"background:image-set('{u}' 1x)\">x</div>",
        "style-webkit-image-set": '<div style="background:-webkit-image-set(url({u}) 1x)">x</div>',
        "style-cross-fade": '<div style="background:-webkit-cross-fade(url({u}),url({u}?2),50%)">x</div>',
        "style-cursor": '<div style="cursor:url({u}),auto">x</div>',
        "style-list": '<ul style="list-style:url({u})"><li style="list-style-image:url({u}?i)">x</li></ul>',
        "style-content": '<div style="content:url({u})">x</div>',
        "style-mask": '<div style="mask:url({u});-webkit-mask-image:url({u}?w)">x</div>',
        "style-border-image": '<div style="border:1px solid;border-image:url({u}) 30 round">x</div>',
        "style-shape": '<div style="float:left;width:9px;height:9px;shape-outside:url({u})">x</div>',
        "style-filter": '<div style="filter:url({u}#f);backdrop-filter:url({u}?b#f)">x</div>',
        "style-clip": '<div style="clip-path:url({u}#c)">x</div>',
        "style-offset": '<div style="offset-path:url({u}#p)">x</div>',
        "style-var": '<div style="--x:url({u});background:var(--x)">x</div>',
        "style-src": '<div style="src:url({u})">x</div>',
        "style-behavior": '<div style="behavior:url({u});-moz-binding:url({u}?m)">x</div>',
        "sheet-import": "<style>@import '{u}';@import url({u}?u);</style>",
        "sheet-background": "<style>.v1{{background:url({u})}}</style><i class=v1>x</i>",
        "sheet-font": "<style>@font-face{{font-family:lf;src:url({u})}} .v2{{font-family:lf}}</style><i class=v2>x</i>",
        "sheet-before": "<style>.v3::before{{content:url({u})}}</style><i class=v3>x</i>",
        "sheet-media": "<style>@media screen{{.v4{{background:url({u})}}}}</style><i class=v4>x</i>",
        "sheet-keyframes": "<style>@keyframes k{{from{{background:url({u})}}to{{background:url({u}?2)}}}}"
        ".v5{{animation:k 1s infinite}}</style><i class=v5>x</i>",
        "sheet-attribute": "<style>a[href^='h']{{background:url({u})}}</style><a href='http://x.test/'>x</a>",
        "sheet-namespace": "<style>@namespace '{u}';</style>",
        "sheet-property": "<style>@property --p{{syntax:'<image>';inherits:false;initial-value:url({u})}}</style>",
        "sheet-counter": "<style>@counter-style c{{system:cyclic;symbols:url({u})}} li{{list-style:c}}</style>",
        "video": '<video src="{u}" poster="{u}?p" autoplay><track src="{u}?t" default></video>',
        "audio": '<audio src="{u}" autoplay></audio>',
        "source": '<video autoplay><source src="{u}"></video>',
        "object": '<object data="{u}"><param name="movie" value="{u}?m"></object>',
        "embed": '<embed src="{u}">',
        "applet": '<applet code="{u}" archive="{u}?a"></applet>',
        "iframe": '<iframe src="{u}"></iframe>',
        "iframe-srcdoc": '<iframe srcdoc="&lt;img src={u}&gt;"></iframe>',
        "iframe-data": '<iframe src="data:text/html,&lt;img src={u}&gt;"></iframe>',
        "frame": '<frameset><frame src="{u}"></frameset>',
        "portal": '<portal src="{u}"></portal><fencedframe src="{u}?f"></fencedframe>',
        "svg-image": '<svg><image href="{u}" xlink:href="{u}?x" width="9" height="9"/></svg>',
        "svg-use": '<svg><use href="{u}#a" xlink:href="{u}?x#a"/></svg>',
        "svg-fe-image": '<svg><filter id="f1"><feImage href="{u}" xlink:href="{u}?x"/></filter>'
        '<rect width="9" height="9" filter="url(#f1)"/></svg>',
        "svg-fill": '<svg><rect fill="url({u}#p)" stroke="url({u}?s#p)" width="9" height="9"/></svg>',
        "svg-mask": '<svg><rect mask="url({u}#m)" clip-path="url({u}?c#m)" width="9" height="9"/></svg>',
        "svg-marker": '<svg><path marker-start="url({u}#m)" d="M0 0L9 9"/></svg>',
        "svg-style": "<svg><style>@import '{u}'; rect{{fill:url({u}?f)}}</style><rect width=9 height=9 /></svg>",
        "svg-foreign": '<svg><foreignObject width="9" height="9"><img src="{u}"/></foreignObject></svg>',
        "svg-script": '<svg><script href="{u}" xlink:href="{u}?x"></script></svg>',
        "smil-set": '<svg><image width="9" height="9"><set attributeName="href" to="{u}"/></image></svg>',
        "smil-animate": '<svg><image width="9" height="9"><animate attributeName="href" values="{u};{u}?2"'
        ' by="{u}?b" dur="1s"/></image></svg>',
        "smil-style": '<svg><rect width="9" height="9"><animate attributeName="style"'
        ' to="fill:url({u})" dur="1s"/><set attributeName="fill" to="url({u}?f)"/></rect></svg>',
        "mathml": '<math href="{u}"><mi xlink:href="{u}?x" style="background:url({u}?s)">x</mi></math>',
        "link-stylesheet": '<link rel="stylesheet" href="{u}">',
        "link-preload": '<link rel="preload" as="image" href="{u}">',
        "link-prefetch": '<link rel="prefetch" href="{u}">',
        "link-dns-prefetch": '<link rel="dns-prefetch" href="//link-dns-prefetch.leak.test">',
        "link-preconnect": '<link rel="preconnect" href="http://link-preconnect.leak.test/">',
        "link-preconnect-ip": '<link rel="preconnect" href="http://127.0.0.1:8081/">',
        "link-preconnect-https": '<link rel="preconnect" href="https://link-preconnect-https.leak.test/" crossorigin>',
        "link-prerender": '<link rel="prerender" href="{u}"><link rel="next" href="{u}?n">',
        "link-modulepreload": '<link rel="modulepreload" href="{u}">',
        "link-icon": '<link rel="icon" href="{u}"><link rel="apple-touch-icon" href="{u}?a">',
        "link-manifest": '<link rel="manifest" href="{u}">',
        "link-import": '<link rel="import" href="{u}"><link rel="pingback" href="{u}?p">',
        "script-src": '<script src="{u}"></script>',
        "script-image": "<script>new Image().src='{u}'</script>",
        "script-fetch": "<script>fetch('{u}');navigator.sendBeacon('{u}?b')</script>",
        "script-socket": "<script>new WebSocket('ws://script-socket.leak.test/')</script>",
        "script-rtc": "<script>new RTCPeerConnection({{iceServers:[{{urls:'stun:script-rtc.leak.test'}}]}})"
        ".createDataChannel('x')</script>",
        "on-error": "<img src='data:,' onerror=\"this.src='{u}'\">",
        "speculation": '<script type="speculationrules">{{"prerender":[{{"source":"list","urls":["{u}"]}}]}}</script>',
        "a-ping": '<a href="{u}" ping="{u}?p">x</a>',
        "form": '<form action="{u}"><input autofocus onfocus="this.form.submit()"></form>',
        "menuitem": '<menuitem icon="{u}"></menuitem><command icon="{u}?c">',
        "data-svg": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
        "<image href='{u}'/><style>@import '{u}?s'</style></svg>\">",
        "data-css": "<link rel=stylesheet href=\"data:text/css,@import '{u}'\">",
        "xml-stylesheet": '<?xml-stylesheet href="{u}"?>',
        "html-manifest": '<html manifest="{u}">',
        "blockquote-cite": '<blockquote cite="{u}">x</blockquote><q cite="{u}?q">x</q>',
        "noscript": '<noscript><img src="{u}"></noscript>',
        "comment": '<!--[if true]><img src="{u}"><![endif]-->',
        "template": '<template><img src="{u}"></template>',
        "mutation": '<svg></p><style><a id="</style><img src={u}>">',
        "mutation-math": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src={u}&gt;">',
        "remote-number": '<img src="mail:remote/0"><img src="mail://msg/1/remote/0">',
        "cid-unknown": '<img src="cid:nobody@leak.test">',
    }
    return {name: text.format(u=url(name)) for name, text in made.items()}


def alone() -> dict[str, str]:
    """Return vectors that need a page of their own."""
    made = {
        "base": '<base href="http://base.leak.test/"><img src="x.png"><a href="y">y</a>',
        "meta-refresh": '<meta http-equiv="refresh" content="0;url={u}">',
        "meta-refresh-data": '<meta http-equiv="refresh" content="0;url=data:text/html,<img src={u}>">',
        "meta-csp": '<meta http-equiv="Content-Security-Policy" content="img-src x; report-uri {u}"><img src="data:,">',
        "meta-link": '<meta http-equiv="Link" content="<{u}>; rel=preload; as=image">'
        '<meta http-equiv="x-dns-prefetch-control" content="on">',
        "meta-set-cookie": '<meta http-equiv="Set-Cookie" content="a=b">'
        '<meta name="msapplication-TileImage" content="{u}">',
        "plaintext": '<img src="{u}"><plaintext>',
        "charset": '<meta charset="utf-7">+ADw-img src=+ACI-{u}+ACI-+AD4-',
    }
    return {name: text.format(u=url(name)) for name, text in made.items()}


def pages(*, apart: bool) -> Iterator[tuple[str, str]]:
    """Yield (name, body): all vectors together, then those that need a page alone; `apart` gives every one its page."""
    yield "together", "\n".join(vectors().values())
    yield from alone().items()
    if apart:
        yield from vectors().items()


def mails(*, apart: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the pages as mails, and mails whose structure itself names something remote."""
    head = (
        "From: Eve <eve@leak.test>\nTo: jan@firm.example\nSubject: {name} <img src=http://subject.leak.test/>\n"
        "Date: Fri, 16 Oct 2026 10:42:00 +0000\nMessage-ID: <{name}@leak.test>\nMIME-Version: 1.0\n"
        "List-Unsubscribe: <http://unsubscribe.leak.test/>\nBIMI-Location: v=BIMI1; l=http://bimi.leak.test/l.svg\n"
        "Face: http://face.leak.test/\nX-Image-URL: http://ximage.leak.test/x.png\n"
        "Disposition-Notification-To: eve@leak.test\nX-Mozilla-External-Attachment-URL: http://xmoz.leak.test/\n"
    )
    for name, body in pages(apart=apart):
        yield name, (head.format(name=name) + f"Content-Type: text/html; charset=utf-8\n\n{body}").encode()
    related = (
        "Content-Type: multipart/related; boundary=r\nContent-Base: http://content-base.leak.test/\n\n--r\n"
        "Content-Type: text/html\nContent-Location: http://content-location.leak.test/i.html\n\n"
        '<img src="pic.png"><img src="cid:p">\n--r\nContent-Type: image/svg+xml\nContent-ID: <p>\n'
        "Content-Location: http://content-location.leak.test/pic.png\n\n"
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://svg-part.leak.test/x"/></svg>\n--r--\n'
    )
    yield "related", (head.format(name="related") + related).encode()
    external = (
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: message/external-body; access-type=URL; "
        'URL="http://external-body.leak.test/"\n\nContent-Type: text/html\n\n--m\nContent-Type: text/calendar\n\n'
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nATTACH:http://ics-attach.leak.test/\nURL:http://ics-url.leak.test/\n"
        "END:VEVENT\nEND:VCALENDAR\n--m\nContent-Type: text/vcard\n\nBEGIN:VCARD\n"
        "PHOTO;VALUE=uri:http://vcard.leak.test/p.png\nEND:VCARD\n--m\nContent-Type: text/html\n"
        'Content-Disposition: attachment; filename="a.html"\n\n<img src="http://attached-html.leak.test/">\n--m--\n'
    )
    yield "external", (head.format(name="external") + external).encode()
