import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { useVisit } from '../visit/visit-context.ts';
import { closeCamera, openCamera, photograph } from './camera.ts';
import classes from './courier.module.css';

/** Nobody knows whose the parcel is: its label helps staff to find out. Without a camera nothing is asked. */
export function LabelPhoto() {
  const { local, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const video = useRef<HTMLVideoElement>(null);
  const [isLive, setLive] = useState(false);
  const answer = (photo: Blob | null) => setLocal({ photo: photo ?? 'none' });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera is opened once, for as long as the screen is there
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isOver = false;
    openCamera().then(
      (opened) => {
        if (isOver || !video.current) return closeCamera(opened);
        stream = opened;
        video.current.srcObject = opened;
      },
      () => !isOver && answer(null),
    );
    return () => {
      isOver = true;
      if (stream) closeCamera(stream);
    };
  }, []);

  const take = () => {
    if (video.current) photograph(video.current).then(answer, () => answer(null));
  };
  const title = t('photo.title');
  return (
    <Frame
      who={t('size.forWhom', { label: local.recipient?.label })}
      onBack={() => setLocal({ recipient: null })}
      says={title}
    >
      <div className={classes.photographing}>
        <Question>{title}</Question>
        <Saying>{t('photo.hint')}</Saying>
        <video
          ref={video}
          className={classes.viewfinder}
          autoPlay
          muted
          playsInline
          aria-hidden
          onPlaying={() => setLive(true)}
        />
        <div className={classes.shutter}>
          <Choice as="main" disabled={!isLive} onChoose={take}>
            {t('photo.take')}
          </Choice>
          <Choice onChoose={() => answer(null)}>{t('photo.skip')}</Choice>
        </div>
      </div>
    </Frame>
  );
}
