import { IconBackspace } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import courier from '../courier/courier.module.css';
import { SearchKeys, useKeyLayer } from '../courier/search-keys.tsx';
import { Choice } from '../frame/choice.tsx';
import frame from '../frame/frame.module.css';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import { LetterKeys, PadKey } from '../input/keypad.tsx';
import { useProgress } from './progress.ts';
import { useVisit } from './visit-context.ts';

/** What an address has and a name has not. */
const SIGNS = '1234567890 @.-_+';
const LETTERS = 'qwertyuiop asdfghjkl zxcvbnm';

interface AskedProps {
  readonly title: string;
  readonly hint: string;
  readonly label: string;
  /** An address, in Latin letters whatever the language. */
  readonly address?: boolean;
  /** What the button is called that takes it. */
  readonly go: string;
  /** What leaving it out is called. */
  readonly none: string;
  readonly onAnswer: (text: string) => void;
  readonly onNone: () => void;
  readonly onBack?: () => void;
}

/** In a visit: one question with one field for a name or an address, and keys for who has none. */
export function Asked({
  title,
  hint,
  label,
  address = false,
  go,
  none,
  onAnswer,
  onNone,
  onBack,
}: AskedProps) {
  const { busy, problem } = useVisit();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [layer, nextLayer] = useKeyLayer('letters');
  useHeldFocus(field);
  const answer = () => text.trim() !== '' && onAnswer(text.trim());
  const add = (typed: string) => setText(text + (address || !isStart(text) ? typed : typed.toUpperCase()));
  const erase = () => setText(text.slice(0, -1));
  return (
    <Frame
      who={useProgress()}
      says={`${title}. ${hint}`}
      busy={busy}
      onBack={onBack}
      corner={
        <Choice as="quiet" small disabled={busy} onChoose={onNone}>
          {none}
        </Choice>
      }
    >
      <Question spare>{title}</Question>
      <div className={courier.search} data-keys={layer === 'digits' && !address ? 'digits' : 'letters'}>
        <form
          className={courier.finding}
          onSubmit={(event) => {
            event.preventDefault();
            answer();
          }}
        >
          <Saying>{hint}</Saying>
          <Field ref={field} label={label} value={text} onChange={setText} keys="text" />
          <ProblemLine error={problem} />
          <div className={frame.choices}>
            <Choice as="main" disabled={busy || text.trim() === ''} onChoose={answer}>
              {go}
            </Choice>
          </div>
        </form>
        {address ? (
          <AddressKeys onText={add} onErase={erase} />
        ) : (
          <SearchKeys layer={layer} onLayer={nextLayer} onText={add} onErase={erase} />
        )}
      </div>
    </Frame>
  );
}

/** Where a word of a name begins. */
function isStart(text: string): boolean {
  return text === '' || text.endsWith(' ');
}

interface AddressKeysProps {
  readonly onText: (text: string) => void;
  readonly onErase: () => void;
}

function AddressKeys({ onText, onErase }: AddressKeysProps) {
  const { t } = useTranslation('kiosk');
  const [isLetters, setLetters] = useState(true);
  return (
    <LetterKeys rows={isLetters ? LETTERS : SIGNS} onLetter={onText}>
      <PadKey layer label={isLetters ? '1@' : 'abc'} onPress={() => setLetters(!isLetters)} />
      <PadKey label={t('keys.erase')} onPress={onErase}>
        <IconBackspace size={30} />
      </PadKey>
    </LetterKeys>
  );
}
