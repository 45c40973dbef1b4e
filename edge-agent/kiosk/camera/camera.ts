/** A kiosk's camera, and the small JPEG that is made of what it sees. */
import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';

/** A label of 10 × 15 cm has some 8 pixels a millimetre then: its smallest print is legible, its narrowest bar has two. */
const WIDTH_PX = 1280;
/** The first of these at which the photo is small enough. */
const QUALITIES = [0.75, 0.6, 0.45, 0.3];

/** Why there is no picture: no camera, not allowed, taken by another program, or broken (off) in between. */
export type CameraTrouble = 'none' | 'refused' | 'busy' | 'failed';

/** As browsers call it (Media Capture and Streams, 10.3: `getUserMedia`). */
const TROUBLES: Readonly<Record<string, CameraTrouble>> = {
  NotFoundError: 'none',
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** @param error what `openCamera` was rejected with */
export function cameraTrouble(error: unknown): CameraTrouble {
  return (error instanceof Error && TROUBLES[error.name]) || 'failed';
}

/** The camera that looks away from the screen, if there is a choice. Rejects where there is none, or none may be used. */
export async function openCamera(): Promise<MediaStream> {
  // Only a page of this machine, or one by HTTPS, has media devices at all.
  if (!navigator.mediaDevices) throw new DOMException('this page has no camera', 'NotFoundError');
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: WIDTH_PX } },
  });
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What the camera sees now; null if it cannot be made small enough. */
export async function photograph(video: HTMLVideoElement): Promise<Blob | null> {
  const scale = Math.min(1, WIDTH_PX / video.videoWidth);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const photo = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (photo && photo.size <= MAX_PHOTO_BYTES) return photo;
  }
  return null;
}
