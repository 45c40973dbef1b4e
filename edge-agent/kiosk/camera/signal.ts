/** As long and as high as scanners beep: heard over a garage's fan, gone before it annoys. */
const HERTZ = 1_900;
const SECONDS = 0.09;
const VOLUME = 0.2;

/** Beeps, where this screen has a loudspeaker: whoever looks at the parcel hears that it was read. */
export function beep(): void {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = HERTZ;
  volume.gain.value = VOLUME;
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + SECONDS);
}
