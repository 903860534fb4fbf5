// A short chime for a new message: off until the customer turns it on, made of two tones instead of a file, so that no page's
// policy has to allow one.
import { erase, keep, read } from './storage.js';

const KEY = 'retune:sound';
/** The two notes, in Hz, and how far apart they begin, in seconds. */
const NOTES = [660, 880];
const STEP_S = 0.11;
const LENGTH_S = 0.28;
const LOUDNESS = 0.08;

let context: AudioContext | undefined;

export const isSoundOn = (): boolean => read(KEY) === 'on';

/** Switches it; on, it sounds once, so that the customer knows what to expect. */
export function setSound(on: boolean): void {
  if (!on) return erase(KEY);
  keep(KEY, 'on');
  chime();
}

/** Sounds, when it is switched on. */
export function chime(): void {
  if (!isSoundOn()) return;
  try {
    context ??= new AudioContext();
    // Browsers hold sound back until the visitor has done something on the page.
    void context.resume();
    for (const [index, frequency] of NOTES.entries()) tone(context, frequency, context.currentTime + index * STEP_S);
  } catch {
    // No sound device; nothing is lost.
  }
}

function tone(audio: AudioContext, frequency: number, atS: number): void {
  const oscillator = new OscillatorNode(audio, { frequency });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(LOUDNESS, atS);
  volume.gain.exponentialRampToValueAtTime(0.0001, atS + LENGTH_S);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(atS);
  oscillator.stop(atS + LENGTH_S);
}
