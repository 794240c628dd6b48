import { expect, test } from "vitest";
import { describeModuleWay } from "../../../src/verify/module-way.ts";

const proxy = "https://me:secret@proxy.example,direct";
const module = "rsc.io/quote/v3@v3.1.0";

test.each([
  [
    { GOPROXY: proxy, GOSUMDB: "sum.golang.org" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by sum.golang.org",
  ],
  [
    { GOPROXY: proxy, GOSUMDB: "sum.example+key https://sum.example" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by sum.example",
  ],
  [
    { GOPROXY: proxy, GOSUMDB: "off" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by nobody: GOSUMDB=off",
  ],
  [
    { GOPROXY: proxy, GONOSUMDB: "*" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by nobody: GONOSUMDB=*",
  ],
  [{ GOPROXY: proxy, GOPRIVATE: "*" }, "from no proxy: GOPRIVATE=*", "hash checked by nobody: GOPRIVATE=*"],
  [
    { GOPROXY: proxy, GOPRIVATE: "*", GONOPROXY: "none" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by nobody: GOPRIVATE=*",
  ],
  [
    { GOPROXY: proxy, GONOPROXY: "example.com,rsc.*/q?ote" },
    "from no proxy: GONOPROXY=example.com,rsc.*/q?ote",
    "hash checked by sum.golang.org",
  ],
  [
    { GOPROXY: proxy, GONOPROXY: "rsc.io/quote/v3/x, rsc" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by sum.golang.org",
  ],
  [
    { GOPROXY: proxy, GONOPROXY: "[rsc" },
    "from the first of https://***@proxy.example, direct that has it",
    "hash checked by sum.golang.org",
  ],
])("%j", (settings, asked, checked) => {
  const way = describeModuleWay(settings, module);
  expect([way.asked, way.checked, way.direct]).toEqual([asked, checked, asked.split("from no proxy: ")[1]]);
});
