import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTerminal } from '../terminal/terminal-context.ts';
import { type CameraTrouble, cameraTrouble, closeCamera, openCamera } from './camera.ts';

/** A camera starts in two seconds; beyond, the browser waits for an answer that nobody at a kiosk gives. */
const STARTS_WITHIN_MS = 6_000;

/** A camera's picture in a `<video>`, for as long as the component is there. */
export interface Camera {
  readonly video: RefObject<HTMLVideoElement | null>;
  /** `starting` until the first picture. */
  readonly state: 'starting' | 'live' | CameraTrouble;
  /** It looks at whoever stands before it, as far as it says. */
  readonly isFacing: boolean;
  /** To be handed to the `<video>`. */
  readonly onPlaying: () => void;
}

/** Opens the camera at once, and lets go of it when the component goes or the camera does. */
export function useCamera(): Camera {
  const { clock } = useTerminal();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<Camera['state']>('starting');
  const [isFacing, setFacing] = useState(true);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isOver = false;
    openCamera().then(
      (opened) => {
        if (isOver || !video.current) return closeCamera(opened);
        stream = opened;
        // Somebody pulled its plug.
        for (const track of opened.getTracks()) track.onended = () => setState('failed');
        setFacing(opened.getVideoTracks()[0]?.getSettings().facingMode !== 'environment');
        video.current.srcObject = opened;
      },
      (error: unknown) => !isOver && setState(cameraTrouble(error)),
    );
    const late = clock.after(STARTS_WITHIN_MS, () =>
      setState((now) => (now === 'starting' ? 'failed' : now)),
    );
    return () => {
      isOver = true;
      late.cancel();
      if (stream) closeCamera(stream);
    };
  }, [clock]);
  return { video, state, isFacing, onPlaying: () => setState('live') };
}

/** Whether this screen has a camera; the browser says so without being asked for its picture. */
export function useHasCamera(): boolean {
  const [has, setHas] = useState(false);
  useEffect(() => {
    const { mediaDevices } = navigator;
    // A page from another machine by plain HTTP has none, whatever is plugged in.
    if (!mediaDevices) return;
    const look = () => {
      mediaDevices.enumerateDevices().then(
        (devices) => setHas(devices.some(({ kind }) => kind === 'videoinput')),
        () => setHas(false),
      );
    };
    look();
    mediaDevices.addEventListener('devicechange', look);
    return () => mediaDevices.removeEventListener('devicechange', look);
  }, []);
  return has;
}
