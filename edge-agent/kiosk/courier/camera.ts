/** A kiosk's camera, and the small JPEG that is made of what it sees. */
import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';

/** A label of 10 × 15 cm has some 8 pixels a millimetre then: its smallest print is legible. */
const WIDTH_PX = 1280;
/** The first of these at which the photo is small enough. */
const QUALITIES = [0.75, 0.6, 0.45, 0.3];

/** The camera that looks away from the screen, if there is a choice. Rejects where there is none, or none may be used. */
export async function openCamera(): Promise<MediaStream> {
  // Only a page of this machine, or one by HTTPS, has media devices at all.
  if (!navigator.mediaDevices) throw new Error('this page has no camera');
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
