// Loads a manifest into one of three players and keeps what happens in `told`, for the tests to read.

"use strict";

const video = document.getElementById("video");
const told = { errors: [], cues: [], ended: false, thumbnail: null };
const cues = new Set();

const fail = (where, error) => told.errors.push(`${where}: ${error && (error.message || JSON.stringify(error))}`);

window.addEventListener("error", (event) => fail("page", event));
video.addEventListener("error", () => fail("video", video.error));
const atItsEnd = () => (told.ended = true);
video.addEventListener("ended", atItsEnd);
video.addEventListener("timeupdate", () => {
  for (const track of video.textTracks)
    for (const cue of track.activeCues || []) if (cue.text) cues.add(cue.getCueAsHTML().textContent);
  told.cues = [...cues];
});

const loaders = {
  hls(source) {
    const player = new Hls({ enableWorker: false });
    player.on(Hls.Events.ERROR, (_, data) => data.fatal && fail("hls.js", data.error || data));
    player.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, (_, data) => {
      if (data.subtitleTracks.length) player.subtitleTrack = 0;
      player.subtitleDisplay = true;
    });
    player.loadSource(source);
    player.attachMedia(video);
    return {
      audioTracks: () => player.audioTracks.map((track) => track.name),
      qualities: () => player.levels.map((level) => level.height),
      thumbnail: () => null, // it knows no thumbnails of its own
    };
  },

  async shaka(source) {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.addEventListener("error", (event) => fail("shaka-player", event.detail));
    player.configure("streaming.bufferingGoal", 1); // a clip of seconds would be here as a whole before it's scrubbed
    await player.load(source);
    const text = player.getTextTracks().filter((track) => track.kind !== "chapters");
    if (text.length) player.selectTextTrack(text[0]);
    return {
      audioTracks: () => [...new Set(player.getVariantTracks().map((track) => track.label || track.originalAudioId))],
      qualities: () => [...new Set(player.getVariantTracks().map((track) => track.height))],
      scrub: (rate) => player.trickPlay(rate),
      thumbnail: async (time) => {
        const [track] = player.getImageTracks();
        const found = track && (await player.getThumbnails(track.id, time));
        return found && { url: found.uris[0], x: found.positionX, y: found.positionY, width: found.width, height: found.height };
      },
    };
  },

  dash(source) {
    const player = dashjs.MediaPlayer().create();
    player.updateSettings({ streaming: { text: { defaultEnabled: true } }, debug: { logLevel: 0 } });
    player.on(dashjs.MediaPlayer.events.ERROR, (event) => fail("dash.js", event.error));
    player.on(dashjs.MediaPlayer.events.TEXT_TRACKS_ADDED, (event) => event.tracks.length && player.setTextTrack(0));
    // It pauses at the end by itself, and whether the browser's own event comes first is chance.
    player.on(dashjs.MediaPlayer.events.PLAYBACK_ENDED, atItsEnd);
    player.initialize(video, source, false);
    return {
      audioTracks: () => player.getTracksFor("audio").map((track) => track.roles.map((role) => role.value).join()),
      qualities: () => player.getRepresentationsByType("video").map((one) => one.height),
      thumbnail: (time) => new Promise((resolve) => player.provideThumbnail(time, resolve)),
    };
  },
};

const asked = new URLSearchParams(location.search);
window.player = null;
Promise.resolve(loaders[asked.get("player")](asked.get("source")))
  .then((player) => (window.player = player))
  .catch((error) => fail("loading", error));
