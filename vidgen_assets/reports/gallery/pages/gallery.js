// Filters the wall and plays videos in place. Without it everything is shown, with the browser's own controls.

"use strict";

for (const player of document.querySelectorAll(".player")) {
  const video = player.querySelector("video");
  const button = player.querySelector(".play");
  const atRest = (rests) => {
    video.controls = !rests;
    button.hidden = !rests;
  };
  button.addEventListener("click", () => {
    atRest(false);
    video.focus();
    video.play();
  });
  video.addEventListener("ended", () => {
    video.load(); // back to the poster
    atRest(true);
  });
  video.addEventListener("play", () => {
    for (const other of document.querySelectorAll("video")) if (other !== video) other.pause();
  });
  atRest(true);
}

// The described sound in place of the video's own, and in step with it.
const described = document.getElementById("described");

if (described) {
  const video = document.querySelector(".player video");
  const audio = described.querySelector("audio");
  const box = described.querySelector("input");
  const inStep = () => {
    if (!box.checked) return audio.pause();
    if (Math.abs(audio.currentTime - video.currentTime) > 0.08) audio.currentTime = video.currentTime;
    audio.playbackRate = video.playbackRate;
    audio.volume = video.volume;
    if (video.paused || video.seeking) audio.pause();
    else audio.play();
  };
  for (const event of ["play", "playing", "pause", "seeking", "seeked", "ratechange", "volumechange", "timeupdate", "ended"])
    video.addEventListener(event, inStep);
  box.addEventListener("change", () => {
    video.muted = box.checked;
    inStep();
  });
  described.querySelector("figure").hidden = true;
  described.querySelector("label").hidden = false;
}

const form = document.getElementById("filters");

if (form) {
  const cards = [...document.querySelectorAll(".card")];
  const fields = [...new Set([...form.elements].map((element) => element.name).filter(Boolean))];

  // The choice lives in the address, so that going back from a clip's page finds it again.
  const remembered = new URLSearchParams(location.hash.slice(1));
  for (const name of fields) {
    if (!remembered.has(name)) continue;
    const before = form.elements[name].value;
    form.elements[name].value = remembered.get(name);
    if (!form.elements[name].value) form.elements[name].value = before;
  }

  const matches = (card, [name, wanted]) =>
    name === "words"
      ? wanted.toLowerCase().split(/\s+/).every((word) => card.dataset.words.includes(word))
      : card.dataset[name] === wanted;

  const apply = () => {
    const chosen = fields.map((name) => [name, form.elements[name].value.trim()]).filter(([, value]) => value);
    let shown = 0;
    for (const card of cards) {
      card.hidden = !chosen.every((choice) => matches(card, choice));
      if (card.hidden) card.querySelector("video")?.pause();
      else shown += 1;
    }
    document.getElementById("count").textContent = `${shown} ${shown === 1 ? "clip" : "clips"}`;
    document.getElementById("nothing").hidden = shown > 0;
    history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = cards.length === 0;
  if (cards.length) apply();
}
