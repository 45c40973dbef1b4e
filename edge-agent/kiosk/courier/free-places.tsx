import { useTranslation } from 'react-i18next';
import { Saying } from '../frame/frame.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useVisit } from '../visit/visit-context.ts';
import { sizeChoices } from './size-choice.ts';

/** What is free here, before the courier carries anything in. */
export function FreePlaces() {
  const { kiosk } = useTerminal();
  const { view } = useVisit();
  const { t } = useTranslation('kiosk');
  const sizes = sizeChoices(view.free, kiosk.layouts, kiosk.bank);
  const list = sizes.map(({ size, free }) => t('recipient.freeOf', { size, count: free })).join(' · ');
  return <Saying>{t('recipient.free', { list })}</Saying>;
}
