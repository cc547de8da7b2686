"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const store = "longwall-answers-" + data.study;
let answers = {kind: data.answers.kind || "other", item: data.answers.item || ""};
for (const q of data.questions) answers[q.id] = data.answers[q.id] === undefined ? null : data.answers[q.id];
try { const kept = JSON.parse(localStorage.getItem(store)); if (kept && kept.base === data.base) answers = kept.answers; }
catch (error) { /* no storage: the page works without it */ }

const make = (name, attributes, ...inside) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value); else if (value !== null) node.setAttribute(key, value);
  }
  node.append(...inside.filter(one => one !== null));
  return node;
};
const word = () => answers.item || data.items[answers.kind];
const many = () => word().endsWith("s") ? word() : word() === "piece of work" ? "pieces of work" : word() + "s";
const filled = text => text.replaceAll("{items}", many()).replaceAll("{item}", word());
const keep = () => {
  try { localStorage.setItem(store, JSON.stringify({base: data.base, answers})); } catch (error) { /* see above */ }
  say("Kept in this browser. Save the file to hand it over.");
};
const say = text => { document.getElementById("said").textContent = text; };
const same = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();
const names = kind => {
  const suggested = data.suggested[answers.kind];
  const steps = (answers.steps || suggested.steps || []).map(one => one.step);
  const troubles = (answers.troubles || suggested.troubles || []).map(one => one.what);
  const roles = (answers.people || []).map(one => one.role)
    .concat((answers.steps || suggested.steps || []).flatMap(one => (one.who || "").split(",").map(text => text.trim())));
  const found = {step: steps, step_or_none: steps, trouble: troubles, role: roles, about: troubles.concat(steps),
    noticed: ["customer", "nobody"].concat(steps)}[kind] || [];
  return [...new Set(found.filter(Boolean))];
};
const lists = () => {
  for (const kind of ["step", "step_or_none", "trouble", "role", "about", "noticed"]) {
    const list = document.getElementById("list-" + kind);
    list.replaceChildren(...names(kind).map(name => make("option", {value: name})));
  }
};
const example = column => column.kind === "yes" ? "" : column.example || "";

function cell(question, line, place, column) {
  const id = `${question.id}-${place}-${column.key}`;
  const now = line[column.key];
  const change = event => {
    const text = event.target.value.trim();
    if (text === "") delete line[column.key];
    else if (column.kind === "number") {
      const number = Number(text.replace(",", "."));
      line[column.key] = Number.isFinite(number) ? number : text;
    } else if (column.kind === "yes") line[column.key] = text === "yes";
    else line[column.key] = text;
    keep(); lists(); mark(question);
  };
  let field;
  if (column.kind === "choice" || column.kind === "yes") {
    const choices = column.kind === "yes" ? {yes: "yes", no: "no"} : column.choices;
    const chosen = now === undefined ? column.default : now === true ? "yes" : now === false ? "no" : now;
    field = make("select", {id, onchange: change},
      ...Object.entries(choices).map(([key, text]) => make("option", {value: key, ...(key === chosen ? {selected: ""} : {})}, text)));
    if (now === undefined) line[column.key] = column.kind === "yes" ? column.default === "yes" : column.default;
  } else {
    const list = ["step", "step_or_none", "trouble", "role", "about", "noticed"].includes(column.kind) ? "list-" + column.kind : null;
    field = make("input", {id, value: now === undefined || now === null ? "" : String(now), list, autocomplete: "off",
      inputmode: column.kind === "number" ? "decimal" : null, placeholder: example(column), onchange: change,
      "aria-required": column.needed ? "true" : null});
  }
  const label = filled(column.label) + (column.needed || column.default ? "" : " (optional)");
  return make("div", {}, make("label", {for: id}, label), field, make("div", {class: "error", id: id + "-error"}));
}

function wrongIn(question, line) {
  const found = {};
  for (const column of question.columns) {
    const now = line[column.key];
    const empty = now === undefined || now === null || now === "";
    if (empty && column.needed) found[column.key] = "This is needed, or remove the line.";
    else if (!empty && column.kind === "number" && typeof now !== "number") found[column.key] = "Write a number, such as " + column.example + ".";
    else if (!empty && ["step", "step_or_none", "trouble", "about", "noticed"].includes(column.kind)
      && !names(column.kind).some(name => same(name, String(now)))) {
      found[column.key] = "Nothing above has this name. Choose one from the list.";
    }
  }
  return found;
}

function mark(question) {
  let wrong = 0;
  const lines = answers[question.id] === null ? [] : question.single ? [answers[question.id]] : answers[question.id];
  lines.forEach((line, place) => {
    const found = wrongIn(question, line);
    for (const column of question.columns) {
      const field = document.getElementById(`${question.id}-${place}-${column.key}`);
      if (!field) continue;
      const text = found[column.key] || "";
      document.getElementById(field.id + "-error").textContent = text;
      if (text) { wrong += 1; field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", field.id + "-error"); }
      else { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
    }
  });
  return wrong;
}

function state(question) {
  const now = answers[question.id];
  if (now === null) {
    const lent = data.suggested[answers.kind][question.id];
    return lent ? "Not answered: the template's stands in, marked assumed." : "Not answered.";
  }
  return question.single || now.length ? "" : "Answered: there is none.";
}

function redraw(question, focus) {
  const box = document.getElementById("lines-" + question.id);
  const now = answers[question.id];
  const lines = now === null ? [] : question.single ? [now] : now;
  box.replaceChildren(...lines.map((line, place) => make("div", {class: "line", role: "group", "aria-label": `Line ${place + 1}`},
    ...question.columns.map(column => cell(question, line, place, column)),
    make("div", {}, make("button", {type: "button", "aria-label": `Remove line ${place + 1} of question ${question.number}`, onclick: () => {
      if (question.single) answers[question.id] = null; else answers[question.id].splice(place, 1);
      keep(); redraw(question, "add-" + question.id); lists();
    }}, "Remove")))));
  document.getElementById("state-" + question.id).textContent = state(question);
  const target = focus === "first" ? box.lastElementChild && box.lastElementChild.querySelector("input, select") : focus && document.getElementById(focus);
  if (target) target.focus();
}

function block(question) {
  const add = () => {
    if (question.single) answers[question.id] = answers[question.id] || {};
    else answers[question.id] = (answers[question.id] || []).concat([{}]);
    redraw(question, "first");
  };
  const lent = data.suggested[answers.kind][question.id];
  const take = () => { answers[question.id] = JSON.parse(JSON.stringify(lent)); keep(); redraw(question, "first"); lists(); };
  const buttons = [make("button", {type: "button", id: "add-" + question.id, onclick: add}, question.single ? "Answer" : "Add a line")];
  if (lent) buttons.push(make("button", {type: "button", onclick: take}, "Begin with the template's"));
  if (!question.single) buttons.push(make("button", {type: "button", onclick: () => { answers[question.id] = []; keep(); redraw(question); lists(); }}, "There is none"));
  buttons.push(make("button", {type: "button", onclick: () => { answers[question.id] = null; keep(); redraw(question); lists(); }}, "Leave it open"));
  return make("fieldset", {id: "question-" + question.id},
    make("legend", {}, `${question.number}. ${filled(question.ask)}`),
    make("p", {class: "why"}, filled(question.why)), make("p", {class: "hint"}, filled(question.help)),
    make("p", {class: "state", id: "state-" + question.id, role: "status"}),
    make("div", {id: "lines-" + question.id}), make("div", {class: "row"}, ...buttons));
}

function draw() {
  const box = document.getElementById("questions");
  box.replaceChildren(...data.questions.map(block));
  for (const question of data.questions) { redraw(question); }
  lists();
}

function plain() {
  const found = {kind: answers.kind};
  if (answers.item) found.item = answers.item;
  for (const question of data.questions) if (answers[question.id] !== null) found[question.id] = answers[question.id];
  return found;
}

function save() {
  let wrong = 0, first = null;
  for (const question of data.questions) {
    wrong += mark(question);
    first = first || document.querySelector(`#question-${question.id} [aria-invalid=true]`);
  }
  if (wrong) { say(`${wrong} ${wrong === 1 ? "place needs" : "places need"} a correction before the file is saved. Nothing is lost.`); first.focus(); return; }
  const blob = new Blob([JSON.stringify(plain(), null, 2) + "\n"], {type: "application/json"});
  const link = make("a", {href: URL.createObjectURL(blob), download: "answers.json"});
  document.body.append(link); link.click(); link.remove();
  say("Saved as answers.json. Now run: " + data.command);
}

document.getElementById("kind").value = answers.kind;
document.getElementById("kind").addEventListener("change", event => { answers.kind = event.target.value; item.placeholder = data.items[answers.kind]; keep(); draw(); });
const item = document.getElementById("item");
item.value = answers.item; item.placeholder = data.items[answers.kind];
item.addEventListener("change", event => { answers.item = event.target.value.trim(); keep(); draw(); });
document.getElementById("save").addEventListener("click", save);
document.getElementById("load").addEventListener("change", async event => {
  try {
    const read = JSON.parse(await event.target.files[0].text());
    for (const key of Object.keys(answers)) if (read[key] !== undefined) answers[key] = read[key];
    document.getElementById("kind").value = answers.kind; item.value = answers.item;
    keep(); draw(); say("The saved answers are here again.");
  } catch (error) { say("This file holds no saved answers. Nothing was changed."); }
});
document.getElementById("forget").addEventListener("click", () => {
  try { localStorage.removeItem(store); } catch (error) { /* nothing was kept */ }
  say("This browser keeps nothing any more. The page still shows what you wrote.");
});
draw();
