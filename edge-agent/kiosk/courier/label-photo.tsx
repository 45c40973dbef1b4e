import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { photograph } from '../camera/camera.ts';
import { useCamera } from '../camera/use-camera.ts';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { Asked } from '../visit/asked.tsx';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';

/** Nobody knows whose the parcel is: its label helps staff to find out, by a photo, or in words where there is no camera. */
export function LabelOfUnknown() {
  const [inWords, setInWords] = useState(false);
  // The camera goes off with the photo's screen.
  return inWords ? (
    <LabelInWords onBack={() => setInWords(false)} />
  ) : (
    <LabelPhoto onWords={() => setInWords(true)} />
  );
}

function LabelPhoto({ onWords }: { readonly onWords: () => void }) {
  const { local, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const { video, state, onPlaying } = useCamera();
  const leave = () => setLocal({ recipient: null });
  const answer = (photo: Blob | null) => setLocal({ label: photo ?? 'none' });
  const take = () => {
    if (video.current) photograph(video.current).then(answer, () => answer(null));
  };
  if (state !== 'starting' && state !== 'live') return <LabelInWords onBack={leave} />;
  const title = t('photo.title');
  return (
    <Frame who={t('size.forWhom', { label: local.recipient?.label })} onBack={leave} says={title}>
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
          <Choice onChoose={onWords}>{t('photo.words')}</Choice>
          <Choice onChoose={() => answer(null)}>{t('photo.skip')}</Choice>
        </div>
      </div>
    </Frame>
  );
}

function LabelInWords({ onBack }: { readonly onBack: () => void }) {
  const { setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  return (
    <Asked
      title={t('photo.wordsTitle')}
      hint={t('photo.wordsHint')}
      label={t('photo.wordsField')}
      go={t('photo.wordsGo')}
      none={t('photo.skip')}
      onAnswer={(words) => setLocal({ label: { words } })}
      onNone={() => setLocal({ label: 'none' })}
      onBack={onBack}
    />
  );
}
