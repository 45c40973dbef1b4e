import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Saying } from '../frame/frame.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { readVideo } from './barcode-reader.ts';
import classes from './camera.module.css';
import { Readings, type Wanted } from './readings.ts';
import { beep } from './signal.ts';
import { useCamera } from './use-camera.ts';

/** So long one sees that it was read, before the screen goes on. */
const SHOWN_MS = 350;

interface CameraPadProps {
  readonly wanted: Wanted;
  /** What was read last. */
  readonly before: string | null;
  readonly onRead: (text: string) => void;
  /** Back to the keys. */
  readonly onKeys: () => void;
}

/** In the place of the keys: what the camera sees, until it has read what is wanted. The camera is on only while this is there. */
export function CameraPad({ wanted, before, onRead, onKeys }: CameraPadProps) {
  const { clock } = useTerminal();
  const { t } = useTranslation('kiosk');
  const { video, state, isFacing, onPlaying } = useCamera();
  const [read, setRead] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  const latest = useRef(onRead);
  useEffect(() => {
    latest.current = onRead;
  });
  const isReading = state === 'live' && read === null && !isBroken;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read before is of when it began
  useEffect(() => {
    if (!isReading || !video.current) return;
    const readings = new Readings({ clock, wanted, before });
    return readVideo({
      clock,
      video: video.current,
      onReadings: (seen) => {
        const text = readings.see(seen);
        if (text === null) return;
        beep();
        setRead(text);
      },
      onBroken: () => setBroken(true),
    });
  }, [isReading, clock, wanted]);
  useEffect(() => {
    if (read === null) return;
    const timer = clock.after(SHOWN_MS, () => latest.current(read));
    return () => timer.cancel();
  }, [clock, read]);

  const trouble = isBroken ? 'failed' : state === 'starting' || state === 'live' ? null : state;
  return (
    <div className={classes.pad}>
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {t(`camera.${trouble}`)}
        </p>
      ) : (
        <div className={classes.view} data-read={read !== null}>
          <video
            ref={video}
            className={classes.video}
            data-mirrored={isFacing}
            autoPlay
            muted
            playsInline
            aria-hidden
            onPlaying={onPlaying}
          />
          <span className={classes.frame} data-wanted={wanted}>
            {read !== null && <IconCheck size={96} stroke={3} aria-hidden />}
          </span>
        </div>
      )}
      {!trouble && (
        <Saying>
          {read !== null
            ? t('camera.read')
            : state === 'starting'
              ? t('camera.starting')
              : t(`camera.${wanted}`)}
        </Saying>
      )}
      <Choice small onChoose={onKeys}>
        {t('camera.keys')}
      </Choice>
    </div>
  );
}
