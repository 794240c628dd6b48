/** The look of every page: the reader's own fonts and scheme; words, marks and borders say what colours say. */
export const pageStyle = `
:root{--bg:#fff;--card:#f6f8fa;--fg:#1b1f24;--soft:#545d68;--line:#d0d7de;--good:#116329;--warn:#7d4e00;--bad:#a40e26;--info:#0550ae;--bar:#8fa9c8;--code:#eef1f4;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1c2127;--fg:#e4e8ec;--soft:#a7b0ba;--line:#3a424c;--good:#6fd58f;--warn:#f0b95b;--bad:#ff9a92;--info:#8ec1ff;--bar:#5c7fa8;--code:#262c34}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:66rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25;margin:0}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0}
a{color:var(--info)}
code,pre,.mono{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--code);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap}
pre.copy{user-select:all}
.plain{list-style:none;margin:0;padding:0}
.soft{color:var(--soft)}
.good{color:var(--good)}.warned{color:var(--warn)}.bad{color:var(--bad)}.info{color:var(--info)}
.verdict{display:flex;gap:1rem;align-items:center;margin-top:1.5rem;padding:1.1rem 1.25rem;background:var(--card);border:1px solid var(--line);border-left:8px solid currentColor;border-radius:8px}
.verdict>div{color:var(--fg);min-width:0}
.verdict .mark{flex:none;width:3rem;height:3rem;border:3px solid currentColor;border-radius:50%;font-size:1.6rem;font-weight:700;display:grid;place-items:center}
.verdict.bad .mark{border-radius:8px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.5rem 1.5rem;margin:1.25rem 0 0}
.facts dt{font-size:.8rem;color:var(--soft)}
.facts dd{margin:0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1.25rem 0 0;padding:0}
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0;background:var(--bg)}
details details{border:0;border-top:1px solid var(--line);border-radius:0;margin:0}
summary{padding:.55rem .8rem;cursor:pointer}
summary:focus-visible,a:focus-visible,.scroll:focus-visible,input:focus-visible{outline:3px solid var(--info);outline-offset:2px}
details>.in{padding:0 .8rem .7rem}
details details>.in{padding-left:2rem}
.layer>summary{background:var(--card);border-radius:8px;font-weight:600}
.layer>summary .soft{font-weight:400}
.state{display:inline-block;min-width:5.5rem;font-weight:600}
.item{border:1px solid var(--line);border-left:5px solid currentColor;border-radius:6px;padding:.6rem .9rem;margin:.75rem 0}
.item>*{color:var(--fg)}
.item>.head{color:inherit;font-weight:600;margin-top:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.925rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line)}
thead th{overflow-wrap:normal;color:var(--soft);font-weight:600}
tbody th{font-weight:400}
.num{text-align:right;font-variant-numeric:tabular-nums}
.waterfall li{display:grid;grid-template-columns:minmax(8rem,15rem) 1fr 4.5rem;gap:.75rem;align-items:center;padding:.12rem 0;font-size:.875rem}
.waterfall svg{width:100%;height:.8rem;background:var(--card);border-radius:2px}
.waterfall rect{fill:var(--bar)}
.waterfall .step rect{fill:var(--soft)}
.diff{padding-left:0;padding-right:0}
.diff>*{display:block;padding:0 .8rem;text-decoration:none}
.diff ins{color:var(--good);border-left:4px solid currentColor;padding-left:calc(.8rem - 4px)}
.diff del{color:var(--bad);border-left:4px double currentColor;padding-left:calc(.8rem - 4px)}
footer{margin-top:3rem;padding-bottom:2rem;font-size:.875rem;color:var(--soft)}
@media (max-width:36rem){h1{font-size:1.3rem}.verdict{padding:.9rem}.verdict .mark{width:2.4rem;height:2.4rem;font-size:1.2rem}.waterfall li{grid-template-columns:1fr 4.5rem}.waterfall svg{grid-column:1/-1;grid-row:2}details details>.in{padding-left:.8rem}}
@media print{details::details-content{content-visibility:visible;height:auto}nav{display:none}}
`;
