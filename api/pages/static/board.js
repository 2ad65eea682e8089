/* The board's map: routes with their numbers over tiles or the streets of the road graph. Selecting in the list or on
   the map selects in both. The list is complete without this script. Texts of clients are set as text, never as markup. */

const L = window.L;
const box = document.getElementById("map");
const words = box.dataset;
const note = document.querySelector(".map-note");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const OPEN_ROUTES = document.querySelectorAll("details.route");
const STREETS = { motorway: 4, primary: 3.2, secondary: 2.6, tertiary: 2, street: 1.3, service: 0.7 };

document.querySelector(".days [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
box.hidden = false;
document.getElementById("no-map").hidden = true;
const map = L.map(box, {
  zoomControl: false, attributionControl: true, minZoom: 4, maxZoom: 19, zoomSnap: 0.25,
  zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm,
});
map.attributionControl.setPrefix(false);
L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
map.createPane("streets").style.zIndex = 250;

const routes = new Map(); // number -> {layers, markers, bounds}
const marks = new Map(); // "route/stop" or job -> marker
let everything = L.latLngBounds([]);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function escaped(text) {
  return element("span", "", text).innerHTML;
}

// ---- what lies beneath ----

function scale(zoom) {
  return zoom >= 16 ? 2.2 : zoom >= 14 ? 1.5 : zoom >= 12 ? 1 : 0.7;
}

class Streets {
  constructor(url) {
    this.url = url;
    this.layer = L.layerGroup().addTo(map);
    this.renderer = L.svg({ pane: "streets", padding: 0.6 });
    this.drawn = null;
    map.on("moveend", () => this.look());
  }

  async look() {
    const zoom = Math.round(map.getZoom());
    if (this.drawn && this.drawn.zoom === zoom && this.drawn.box.contains(map.getBounds())) return;
    const wide = map.getBounds().pad(0.5);
    const edges = [Math.max(wide.getWest(), -180), Math.max(wide.getSouth(), -85), Math.min(wide.getEast(), 180), Math.min(wide.getNorth(), 85)];
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${this.url}?bbox=${edges.map((edge) => edge.toFixed(3)).join(",")}&zoom=${zoom}`, { signal: this.asking.signal });
      if (!answer.ok) return;
      this.draw(await answer.json(), zoom);
      this.drawn = { zoom, box: wide };
    } catch (error) {
      if (error.name !== "AbortError") console.warn("streets:", error.message);
    }
  }

  draw(streets, zoom) {
    this.layer.clearLayers();
    if (streets.features.length) map.attributionControl.addAttribution(escaped(streets.attribution));
    for (const feature of [...streets.features].reverse()) { // the largest on top
      const kind = feature.properties.class;
      L.polyline(feature.geometry.coordinates.map((line) => line.map(([lon, lat]) => [lat, lon])), {
        pane: "streets", renderer: this.renderer, interactive: false, className: `street street-${kind}`,
        weight: STREETS[kind] * scale(zoom), smoothFactor: 1.2,
      }).addTo(this.layer);
    }
  }
}

function lay() {
  if (!words.tiles) return new Streets(words.streets);
  // map servers want to know which site asks; they get its name only
  return L.tileLayer(words.tiles, { attribution: escaped(words.attribution), maxZoom: 19, referrerPolicy: "origin" }).addTo(map);
}

// ---- routes ----

function popup(thing) {
  const content = element("div");
  content.append(element("p", "title", thing.title), ...thing.facts.filter(Boolean).map((fact) => element("p", "fact", fact)));
  return L.popup({ maxWidth: 260, closeButton: true, autoPanPadding: [30, 30] }).setContent(content);
}

function mark(place, text, className, thing, shift) {
  const face = element("span", "", text);
  const size = 28;
  const icon = L.divIcon({ html: face, className: `mark ${className}`, iconSize: [size, size], iconAnchor: [size / 2 - shift * 18, size / 2] });
  const marker = L.marker([place.lat, place.lon], { icon, keyboard: false, title: thing.title, alt: `${text} ${thing.title}`, riseOnHover: true });
  return marker.bindPopup(popup(thing)).addTo(map);
}

const taken = new Map();

function shiftAt(place) {
  const key = `${place.lat.toFixed(4)} ${place.lon.toFixed(4)}`;
  const before = taken.get(key) ?? 0;
  taken.set(key, before + 1);
  return before;
}

function drawLine(route, line) {
  const path = line.points.map(([lon, lat]) => [lat, lon]);
  const weight = line.is_straight ? 2.5 : 4.5;
  const stroke = L.polyline(path, { className: `line ${route.look}`, weight, opacity: 0.95, dashArray: line.is_straight ? "7 7" : null, bubblingMouseEvents: false });
  stroke.on("click", () => open(route.id));
  const layers = [L.polyline(path, { className: "casing", weight: weight + 3.5, opacity: 0.9, interactive: false }), stroke];
  if (!route.look.endsWith("weave-0") && !line.is_straight) {
    layers.push(L.polyline(path, { className: "weft", weight: 1.4, interactive: false, dashArray: route.look.endsWith("2") ? "6 6" : null }));
  }
  return layers;
}

function drawRoute(route) {
  const layers = route.lines.flatMap((line) => drawLine(route, line));
  const bounds = L.latLngBounds(route.stops.map((stop) => stop.place));
  for (const layer of layers) {
    layer.addTo(map);
    bounds.extend(layer.getBounds());
  }
  everything.extend(bounds);
  const markers = route.stops.filter((stop) => !isBack(route, stop)).map((stop) => drawStop(route, stop));
  routes.set(route.id, { layers, markers, bounds });
}

function isBack(route, stop) { // a route that ends where it began has one mark there
  const start = route.stops[0];
  return stop.type === "end" && start.place.lat === stop.place.lat && start.place.lon === stop.place.lon;
}

function drawStop(route, stop) {
  const text = stop.number ? String(stop.number) : stop.type === "depot" ? "D" : route.initials;
  const thing = { title: stop.title, facts: [route.name, ...stop.facts] };
  const marker = mark(stop.place, text, `${stop.type} ${route.look}`, thing, shiftAt(stop.place));
  marker.setZIndexOffset(stop.number ? 200 : stop.type === "depot" ? 100 : 0);
  marks.set(`${route.id}/${stop.id}`, marker);
  marker.on("popupopen", () => {
    open(route.id);
    choose(document.querySelector(`details[data-route="${route.id}"] tr[data-stop="${stop.id}"]`), marker);
  });
  marker.on("popupclose", unchoose);
  return marker;
}

function drawOut(out) {
  const marker = mark(out.place, "?", "left-out", out, shiftAt(out.place));
  marks.set(out.id, marker);
  everything.extend(marker.getLatLng());
  marker.on("popupopen", () => choose(document.querySelector(`li[data-out="${CSS.escape(out.id)}"]`), marker));
  marker.on("popupclose", unchoose);
}

// ---- list and map follow each other ----

function open(number) {
  const details = document.querySelector(`details[data-route="${number}"]`);
  if (details && !details.open) details.open = true;
}

function choose(row, marker) {
  unchoose();
  row?.classList.add("chosen");
  row?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  marker.getElement()?.classList.add("chosen");
}

function unchoose() {
  for (const one of document.querySelectorAll(".chosen")) one.classList.remove("chosen");
}

function pick() {
  const chosen = [...OPEN_ROUTES].filter((details) => details.open).map((details) => Number(details.dataset.route));
  const picked = chosen.filter((number) => routes.has(number));
  box.classList.toggle("picked", picked.length > 0);
  all.getContainer().hidden = picked.length === 0;
  for (const [number, route] of routes) {
    const isPicked = picked.includes(number);
    for (const layer of route.layers) {
      layer.getElement()?.classList.toggle("picked", isPicked);
      if (isPicked) layer.bringToFront();
    }
    for (const marker of route.markers) marker.getElement()?.classList.toggle("picked", isPicked);
  }
  return picked;
}

function show(bounds) {
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [36, 36], maxZoom: 16, animate: !calm });
}

function toggled(event) {
  const picked = pick();
  const number = Number(event.target.dataset.route);
  if (event.target.open && picked.includes(number)) {
    if (!map.getBounds().contains(routes.get(number).bounds)) show(routes.get(number).bounds);
  } else if (picked.length === 0) map.closePopup();
}

const all = L.control({ position: "topright" });
all.onAdd = () => {
  const button = element("button", "all", words.all);
  button.type = "button";
  button.hidden = true;
  L.DomEvent.disableClickPropagation(button);
  button.addEventListener("click", () => {
    for (const details of OPEN_ROUTES) details.open = false;
    map.closePopup();
    show(everything);
  });
  return button;
};

function addButtons() { // the numbers of the list become buttons that lead to the map
  for (const [key, marker] of marks) {
    const [route, stop] = key.split("/");
    const dot = stop === undefined ? null : document.querySelector(`details[data-route="${route}"] tr[data-stop="${stop}"] .dot`);
    const out = stop === undefined ? document.querySelector(`li[data-out="${CSS.escape(key)}"]`) : null;
    if (!dot && !out) continue; // where somebody sets out and ends
    const button = element("button", dot ? dot.className : "show", dot ? dot.textContent : words.show);
    button.type = "button";
    button.setAttribute("aria-label", `${words.show}: ${dot ? dot.textContent : out.querySelector(".client").textContent}`);
    button.addEventListener("click", () => {
      map.setView(marker.getLatLng(), Math.max(map.getZoom(), 13), { animate: !calm });
      marker.openPopup();
    });
    if (dot) dot.replaceWith(button);
    else out.prepend(button);
  }
}

async function start() {
  const answer = await fetch(words.routes);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const day = await answer.json();
  day.routes.forEach(drawRoute);
  day.unassigned.forEach(drawOut);
  all.addTo(map);
  addButtons();
  for (const details of OPEN_ROUTES) details.addEventListener("toggle", toggled);
  if (everything.isValid()) show(everything);
  else map.setView([46.6, 2.4], 6);
  lay()?.look?.();
  pick();
  box.dataset.state = "drawn";
}

start().catch((error) => {
  note.textContent = words.failed;
  console.warn("map:", error.message);
});
