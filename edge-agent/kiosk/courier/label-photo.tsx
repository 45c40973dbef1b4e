import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { photograph } from '../camera/camera.ts';
import { useCamera } from '../camera/use-camera.ts';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';

/** Nobody knows whose the parcel is: its label helps staff to find out. Without a camera nothing is asked. */
export function LabelPhoto() {
  const { local, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const { video, state, onPlaying } = useCamera();
  const answer = (photo: Blob | null) => setLocal({ photo: photo ?? 'none' });
  const isWithout = state !== 'starting' && state !== 'live';
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it turns out that there is no camera
  useEffect(() => {
    if (isWithout) answer(null);
  }, [isWithout]);

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
          onPlaying={onPlaying}
        />
        <div className={classes.shutter}>
          <Choice as="main" disabled={state !== 'live'} onChoose={take}>
            {t('photo.take')}
          </Choice>
          <Choice onChoose={() => answer(null)}>{t('photo.skip')}</Choice>
        </div>
      </div>
    </Frame>
  );
}
