import { IconBackspace } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Keypad, LetterKeys, PadKey } from '../input/keypad.tsx';

/** Digits for units; the language's letters; another script's, where the language has one. */
export type KeyLayer = 'digits' | 'letters' | 'more';

/** The layer shown, and the way to the next one. */
export function useKeyLayer(first: KeyLayer = 'digits'): [KeyLayer, () => void] {
  const { t } = useTranslation('kiosk');
  const [layer, setLayer] = useState<KeyLayer>(first);
  const layers: readonly KeyLayer[] = t('keys.moreRows')
    ? ['digits', 'letters', 'more']
    : ['digits', 'letters'];
  return [layer, () => setLayer(layers[(layers.indexOf(layer) + 1) % layers.length] ?? 'digits')];
}

interface SearchKeysProps {
  readonly layer: KeyLayer;
  readonly onLayer: () => void;
  readonly onText: (text: string) => void;
  readonly onErase: () => void;
}

/** What one taps to search, on a screen without a keyboard. */
export function SearchKeys({ layer, onLayer, onText, onErase }: SearchKeysProps) {
  const { t } = useTranslation('kiosk');
  if (layer === 'digits') {
    return (
      <Keypad
        onDigit={onText}
        onErase={onErase}
        last={<PadKey layer label={t('keys.letters')} onPress={onLayer} />}
      />
    );
  }
  const next = layer === 'letters' && t('keys.more') ? t('keys.more') : t('keys.digits');
  return (
    <LetterKeys rows={layer === 'letters' ? t('keys.letterRows') : t('keys.moreRows')} onLetter={onText}>
      <PadKey layer label={next} onPress={onLayer} />
      <PadKey label={t('keys.space')} onPress={() => onText(' ')} />
      <PadKey label={t('keys.erase')} onPress={onErase}>
        <IconBackspace size={30} />
      </PadKey>
    </LetterKeys>
  );
}
