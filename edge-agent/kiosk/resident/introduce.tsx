import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTerminal } from '../terminal/terminal-context.ts';
import { Asked } from '../visit/asked.tsx';
import { useVisit } from '../visit/visit-context.ts';

/** Somebody came by a claim slip: how to tell them next time, and who they are. Both may be left out. */
export function Introduce() {
  const { hub } = useTerminal();
  const { view, act, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const [to, setTo] = useState<string | null>(null);
  const over = () => setLocal({ introduced: true });
  const save = (name: string) => {
    void act(() => hub.introduce(view.visit, { to: to ?? '', ...(name !== '' && { name }) })).then(
      (worked) => {
        if (worked) over();
        else setTo(null);
      },
    );
  };
  if (to === null) {
    return (
      <Asked
        key="to"
        title={t('introduce.title')}
        hint={t('introduce.hint')}
        label={t('introduce.to')}
        address
        go={t('introduce.go')}
        none={t('introduce.notNow')}
        onAnswer={setTo}
        onNone={over}
      />
    );
  }
  return (
    <Asked
      key="name"
      title={t('introduce.nameTitle')}
      hint={t('introduce.nameHint')}
      label={t('introduce.name')}
      go={t('introduce.go')}
      none={t('introduce.notNow')}
      onAnswer={save}
      onNone={() => save('')}
    />
  );
}
