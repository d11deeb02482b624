/* SPDX-License-Identifier: ISC */
/*
 * style: one colour for each severity and theme, each with a contrast of at least 4.5 to
 * 1 to the card it is on, also as a background for text in the card's colour.
 */
#include "config.h"

#include <stddef.h>

#include "cli/report/style.h"

/* In parts, because a C compiler need not accept a string of over 4095 characters. */
const char *const style_sheet[] = {
    /* colours and what all have in common */
    ":root{color-scheme:light dark;--bg:#eef1f4;--card:#fff;--fg:#1b1f24;"
    "--dim:#57606a;--line:#d5dbe1;--C:#b3161e;--E:#b84308;--W:#7d5a00;"
    "--I:#1f5fbf;--U:#57606a;--ok:#176f31;--gap:rgba(255,255,255,.72)}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--bg:#0b0f14;"
    "--card:#151b23;--fg:#e8edf2;--dim:#a0abb7;--line:#2f3843;--C:#ff8078;"
    "--E:#ffa45c;--W:#eac54f;--I:#79b8ff;--U:#a0abb7;--ok:#5fd37a;"
    "--gap:rgba(11,15,20,.66)}}\n"
    ".C{--c:var(--C)}.E{--c:var(--E)}.W{--c:var(--W)}.I{--c:var(--I)}"
    ".U{--c:var(--U)}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;padding:0 clamp(.6rem,2vw,2rem) 2rem;background:var(--bg);"
    "color:var(--fg);font:1rem/1.45 system-ui,sans-serif;"
    "font-variant-numeric:tabular-nums}\n"
    "header,main,footer,#old{max-width:88rem;margin-inline:auto}\n"
    "header{display:flex;flex-wrap:wrap;gap:0 1.5rem;align-items:baseline;"
    "justify-content:space-between;padding:1rem 0 .4rem}\n"
    "h1,h2,p,th,td,dt,dd,li{overflow-wrap:anywhere}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:0}\n"
    "h2{font-size:1.15rem;line-height:1.3;margin:0 0 .7rem}\n"
    "header p,footer p{margin:0;color:var(--dim)}\n"
    "section{background:var(--card);border:1px solid var(--line);"
    "border-radius:.6rem;padding:1rem clamp(.7rem,1.5vw,1.3rem);"
    "margin:0 0 1rem}\n"
    ".dim{color:var(--dim)}\n"
    "#old{margin-block:0 1rem;padding:.7rem 1rem;border-radius:.6rem;"
    "background:#5c0a10;color:#fff;font-weight:700;font-size:1.15rem}\n"
    ".old{background:#6b6f74}.old header,.old header p,.old footer p"
    "{color:#fff}.old main{filter:grayscale(1)}\n",
    /* the large figures */
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,"
    "minmax(6.3rem,1fr));gap:.6rem;list-style:none;padding:0;margin:0}\n"
    ".tiles li{border:1px solid var(--line);border-top:.3rem solid var(--c);"
    "border-radius:.4rem;padding:.35rem .6rem .4rem;font-size:.85rem;"
    "font-weight:600;color:var(--c)}\n"
    ".tiles b{display:block;font-size:2.5rem;line-height:1.1;font-weight:700}\n"
    ".tiles .z{--c:var(--line)}.tiles .z,.tiles .z b{color:var(--dim);"
    "font-weight:400}\n"
    ".calm{font-size:1.9rem;line-height:1.2;font-weight:700;color:var(--ok);"
    "margin:.3rem 0 .7rem}\n"
    "@media (max-width:54rem){.tiles{grid-template-columns:"
    "repeat(3,1fr)}}\n"
    ".sum{margin:.7rem 0 0;color:var(--dim)}\n",
    /* tables */
    ".b{display:inline-block;background:var(--c);color:var(--card);"
    "border-radius:.25rem;padding:0 .45em;font-size:.78rem;font-weight:700;"
    "white-space:nowrap}\n"
    "table{border-collapse:collapse;width:100%;margin-top:1rem}\n"
    "th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;"
    "border-top:1px solid var(--line)}\n"
    "thead th{border-top:0;padding-block:0 .3rem;font-size:.82rem;"
    "font-weight:600;color:var(--dim)}\n"
    "tbody th{font-weight:600}\n"
    ".now tbody tr{border-left:.3rem solid var(--c)}\n"
    ".now tbody th{font-size:1.05rem}.now th:nth-child(2){width:42%}\n"
    ".now td:nth-child(1){width:7.6rem}.now td div{font-size:.8rem;"
    "color:var(--dim)}.now .known th{font-weight:400}.now td:nth-child(4),"
    ".now td:nth-child(5){width:3.9rem;white-space:nowrap}\n"
    ".num{text-align:right;overflow-wrap:normal}\n"
    "details{margin-top:.15rem}summary{cursor:pointer;color:var(--dim)}\n"
    "details p{margin:.3rem 0}\n"
    "pre{margin:.3rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;"
    "font:.8rem/1.5 ui-monospace,monospace}\n"
    "code{font:.86em/1.5 ui-monospace,monospace;background:var(--bg);"
    "border:1px solid var(--line);border-radius:.25rem;padding:.05em .35em;"
    "overflow-wrap:anywhere}\n"
    "a{color:var(--I)}\n"
    ".todo{list-style:none;margin:0;padding:0}\n"
    ".todo li{padding:.5rem 0;border-top:1px solid var(--line)}\n"
    ".todo li:first-child{border-top:0;padding-top:0}\n"
    ".todo p{margin:.25rem 0 0}.todo ul{margin:.3rem 0 0;padding:0;"
    "list-style:none}.todo ul li{border:0;padding:.2rem 0}\n",
    /* the timeline: a column of words, then one of time */
    ".row{display:grid;grid-template-columns:5.6rem minmax(0,1fr);gap:.5rem;"
    "align-items:start}\n"
    "svg{display:block;width:100%;overflow:hidden;font:.7rem system-ui,"
    "sans-serif}\n"
    ".grid{background:linear-gradient(90deg,var(--line) 1px,transparent 1px) "
    "0 0/calc(100%/var(--d)) 100%}\n"
    "rect{fill:var(--c)}text{fill:var(--dim)}\n"
    ".day{--c:var(--I)}.hatch{fill:url(#hatch)}#hatch path{stroke:var(--gap);"
    "stroke-width:3}\n"
    ".row .dim{font-size:.8rem}.none{width:0;height:0;position:absolute}\n"
    ".place{margin:.55rem 0 .1rem;font-weight:600;font-size:.9rem}\n"
    ".row .b{justify-self:start;line-height:15px;font-size:10.5px}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;"
    "padding:0;margin:.9rem 0 0;font-size:.85rem;color:var(--dim)}\n"
    ".legend svg{display:inline-block;width:1.6rem;vertical-align:middle;"
    "margin-right:.35rem}\n",
    /* a phone: a row becomes a card */
    "@media (max-width:44rem){h1{font-size:1.35rem}"
    ".tiles{gap:.4rem}"
    ".tiles b{font-size:1.9rem}.tiles li{font-size:.67rem;"
    "padding-inline:.4rem}svg{font-size:.6rem}"
    ".now thead,.queues "
    "thead{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%)}"
    ".now tbody tr{display:grid;grid-template-columns:1fr auto auto;"
    "gap:.1rem .7rem;padding:.5rem .6rem;border-top:1px solid var(--line)}"
    ".now tbody tr>*{border:0;padding:0;width:auto}"
    ".now th:nth-child(2),.now td:nth-child(3){grid-column:1/-1;order:1;"
    "width:auto}.now td:nth-child(3){order:2}"
    ".now td:nth-child(1),.now td:nth-child(4),.now td:nth-child(5)"
    "{width:auto}"
    ".now td:nth-child(4)::before{content:'since ';color:var(--dim)}"
    ".now td:nth-child(5)::before{content:'last ';color:var(--dim)}"
    ".queues tbody tr{display:grid;grid-template-columns:repeat(3,1fr);"
    "border-top:1px solid var(--line)}.queues tbody th{grid-column:1/-1}"
    ".queues tbody tr>*{border:0;padding:.15rem .3rem;text-align:left;"
    "overflow-wrap:anywhere}.queues td::before{content:attr(data-head);"
    "display:block;font-size:.75rem;color:var(--dim)}"
    ".row{grid-template-columns:4.7rem minmax(0,1fr);gap:.3rem}"
    ".row .b{font-size:9.5px}}\n",
    /* a screen on the wall */
    "@media screen and (min-width:110rem){:root{font-size:1.2rem}}\n",
    /* paper: everything smaller, the large figures in one row */
    "@media print{:root{color-scheme:light;font-size:70%}body{"
    "background:#fff;padding:0;print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}section{border:0;padding:0}"
    ".tiles{grid-template-columns:repeat(6,1fr)}summary{list-style:none}"
    ".row .b{font-size:8.5px}"
    "tr,li,.row{break-inside:avoid}h2,.place{break-after:avoid}}\n",
    NULL,
};
