// Runs a call from its page in the reference. Who asks is kept in this tab's own storage, and goes into headers only.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const who = at("who"), form = at("call"), run = at("run"), sure = at("sure");
  if (!who) return;
  const FIELDS = ["estab", "party", "key", "secret", "token"];
  // Both versions of OneRoster have the same clients.
  const place = "rollbook " + who.dataset.api.replace(/-1\.1$/, "");
  const MOST = 100;

  // ---- who asks

  const typed = () => Object.fromEntries(FIELDS.filter(at).map((id) => [id, at(id).value.trim()]));
  const put = (values) => FIELDS.filter(at).forEach((id) => { at(id).value = values[id] || ""; });
  const keep = () => sessionStorage.setItem(place, JSON.stringify(typed()));
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(place)) || {}; } catch { return {}; } };

  async function useDemo() {
    const answer = await fetch("/reference/demo.json", { credentials: "omit", cache: "no-store" });
    put((await answer.json())[who.dataset.api]);
    keep();
    run.focus();
  }

  async function tokenOf(values) {
    const { holds, tokens } = who.dataset;
    if (values.token || holds === "itself") return values.token;
    const school = holds === "school";
    const sent = school
      ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ estab: values.estab || new FormData(form).get("path.estab") || "", relyingParty: values.party, password: values.secret, thirdpartyid: "XporterOnDemand" }) }
      : { headers: { Authorization: "Basic " + btoa(`${values.key}:${values.secret}`) }, body: new URLSearchParams({ grant_type: "client_credentials" }) };
    const answer = await fetch(tokens, { method: "POST", credentials: "omit", cache: "no-store", ...sent });
    const said = await answer.json().catch(() => ({}));
    const token = school ? said.token : said.access_token;
    if (!token) throw new Error(`No token was given: ${said.ExceptionMessage || said.error_description || said.error || said.imsx_description || answer.status}`);
    return token;
  }

  // ---- the call, as the server writes it

  async function build() {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const answer = await fetch(`${location.pathname}?${asked}`, { headers: { Accept: "text/html" }, credentials: "omit" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("calls");
    if (fresh) at("calls").replaceWith(document.adoptNode(fresh));
    return at("calls").dataset;
  }

  async function send() {
    const call = await build();
    if (/\{\w+\}/.test(decodeURIComponent(call.target.split("?")[0]))) {
      const missing = [...form.elements].find((one) => one.name && one.name.startsWith("path.") && !one.value);
      if (missing) missing.focus();
      throw new Error("Fill in what stands in the path first.");
    }
    const headers = new Headers(JSON.parse(call.headers));
    const values = typed();
    if (!("open" in who.dataset) || values.token) {
      headers.set("Authorization", `${who.dataset.scheme} ${await tokenOf(values)}`);
    }
    const body = at("body") ? at("body").value : undefined;
    const began = performance.now();
    const answer = await fetch(call.target, { method: call.method, headers, body, credentials: "omit", cache: "no-store" });
    const whole = await answer.blob();
    return { answer, whole, took: performance.now() - began };
  }

  // ---- the answer

  const make = (name, text, more = {}) => Object.assign(document.createElement(name), text === undefined ? {} : { textContent: text }, more);
  const plain = (value) => value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const isThing = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  function needsOf(name, field) {
    const quoted = (one) => CSS.escape(one);
    const row = document.querySelector(`table[data-table="${quoted(name)}"] tr[data-field="${quoted(field)}"]`)
      || document.querySelector(`table[data-table] tr[data-field="${quoted(field)}"]`);
    return row ? row.lastElementChild.textContent.trim().replace(/\s+/g, " ") : "";
  }

  function table(name, rows, needed) {
    const names = [...new Set(rows.slice(0, MOST).flatMap((row) => Object.keys(row)))];
    const made = make("table"), head = make("tr"), body = make("tbody");
    made.append(make("caption", `${name || "The answer"}: ${rows.length} ${rows.length === 1 ? "row" : "rows"}${rows.length > MOST ? `, the first ${MOST} of them here` : ""}`));
    for (const one of names) {
      const cell = make("th", undefined, { scope: "col" });
      cell.append(make("code", one));
      const needs = needsOf(name, one);
      if (needs && rows.some((row) => row[one] !== null && row[one] !== undefined)) needed.set(`${name}.${one}`, needs);
      head.append(cell);
    }
    for (const row of rows.slice(0, MOST)) {
      const line = make("tr");
      for (const one of names) line.append(make("td", plain(row[one]), { title: plain(row[one]) }));
      body.append(line);
    }
    const top = make("thead");
    top.append(head);
    made.append(top, body);
    const box = make("div", undefined, { className: "wide", tabIndex: 0 });
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Rows of ${name || "the answer"}`);
    box.append(made);
    return box;
  }

  function tables(value, needed) {
    if (Array.isArray(value)) return value.length && value.every(isThing) ? [table("", value, needed)] : [];
    if (!isThing(value)) return [];
    const found = [], rest = {};
    for (const [name, one] of Object.entries(value)) {
      if (Array.isArray(one) && !one.length && document.querySelector(`table[data-table="${CSS.escape(name)}"]`)) found.push(make("p", `${name}: no rows`));
      else if (Array.isArray(one) && one.length && one.every(isThing)) found.push(table(name, one, needed));
      else if (isThing(one)) found.push(table(name, [one], needed));
      else rest[name] = one;
    }
    if (Object.keys(rest).length) found.push(table("", [rest], needed));
    return found;
  }

  function opened(title, content, open) {
    const made = make("details", undefined, { open });
    made.append(make("summary", title), content);
    return made;
  }

  const block = (text, label) => {
    const made = make("pre", text, { tabIndex: 0 });
    made.setAttribute("role", "region");
    made.setAttribute("aria-label", label);
    return made;
  };

  async function show({ answer, whole, took }) {
    const told = at("told"), id = answer.headers.get("x-request-id") || "";
    const text = /json|text|xml|csv/.test(whole.type) ? await whole.text() : "";
    let value;
    try { value = JSON.parse(text); } catch { value = undefined; }
    at("status").textContent = `${answer.status} ${answer.statusText}, ${Math.round(took)} ms, ${whole.size.toLocaleString("en")} bytes${id ? `, request ${id}` : ""}`;
    at("answer").className = answer.ok ? "" : "bad";
    told.replaceChildren();
    const needed = new Map();
    if (value !== undefined) told.append(...tables(value, needed));
    if (needed.size) {
      const list = make("ul");
      for (const [field, needs] of needed) list.append(make("li", `${field.replace(/^\./, "")}: ${needs}`));
      told.append(opened("Scopes that show what came", list, false));
    }
    const written = value !== undefined ? JSON.stringify(value, null, 2) : text || `${whole.size} bytes of ${whole.type || "nothing"}`;
    told.append(opened(value !== undefined ? "JSON" : "Body", block(written, "The body of the answer"), true));
    const lines = [...answer.headers].map(([name, one]) => `${name}: ${one}`).join("\n");
    told.append(opened("Headers", block(lines, "The headers of the answer"), false));
  }

  function fail(error) {
    at("answer").className = "bad";
    at("status").textContent = error.message;
    at("told").replaceChildren();
  }

  async function go() {
    keep();
    run.disabled = true;
    try { await show(await send()); } catch (error) { fail(error); }
    at("answer").hidden = false;
    if (!document.activeElement || document.activeElement === document.body || document.activeElement === run) at("answer-title").focus();
    if (sure) sure.checked = false;
    allow();
  }

  const allow = () => { run.disabled = Boolean(sure) && !sure.checked; };

  // ---- the page

  put(kept());
  who.hidden = false;
  at("build").hidden = true;
  allow();
  if (sure) sure.addEventListener("change", allow);
  who.addEventListener("change", keep);
  at("forget").addEventListener("click", () => { put({}); sessionStorage.removeItem(place); });
  if (at("demo")) at("demo").addEventListener("click", () => useDemo().catch(fail));
  run.addEventListener("click", go);
  form.addEventListener("submit", (event) => { event.preventDefault(); if (!run.disabled) go(); });
  who.addEventListener("submit", (event) => { event.preventDefault(); if (!run.disabled) go(); });
  form.addEventListener("change", () => build().catch(() => {}));
})();
