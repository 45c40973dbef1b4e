import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Answer, Picture } from './barcode-worker.ts';
import type { Reading } from './readings.ts';

/** Between one answer and the next picture: a board of four slow cores shall have time for its doors. */
const PAUSE_MS = 60;

interface ReaderOptions {
  readonly clock: Clock;
  readonly video: HTMLVideoElement;
  /** All barcodes of one picture. */
  readonly onReadings: (readings: readonly Reading[]) => void;
  /** Nothing can be read here, and nothing more comes. */
  readonly onBroken: () => void;
}

/** Reads the barcodes in a playing video, one picture at a time, until it is stopped. @returns what stops it */
export function readVideo({ clock, video, onReadings, onBroken }: ReaderOptions): () => void {
  const worker = new Worker(new URL('./barcode-worker.ts', import.meta.url), { type: 'module' });
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let timer: Timer | undefined;
  const stop = () => {
    timer?.cancel();
    worker.terminate();
  };
  const broken = () => {
    stop();
    onBroken();
  };
  const next = () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (!context) return broken();
    if (width === 0) return wait();
    canvas.width = width;
    canvas.height = height;
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    worker.postMessage({ data, width, height } satisfies Picture, [data.buffer]);
  };
  const wait = () => {
    timer = clock.after(PAUSE_MS, next);
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ('error' in data) return broken();
    // Before anybody hears of it: they may stop.
    wait();
    onReadings(data.readings);
  };
  worker.onerror = broken;
  next();
  return stop;
}
