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
import { useTerminal } from '../terminal/terminal-context.ts';
import { useProgress } from '../visit/progress.ts';
import { useVisit } from '../visit/visit-context.ts';

/** What an address has and a name has not. */
const SIGNS = '1234567890 @.-_+';
const LETTERS = 'qwertyuiop asdfghjkl zxcvbnm';

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
      onAnswer={save}
      onNone={() => save('')}
    />
  );
}

interface AskedProps {
  readonly title: string;
  readonly hint: string;
  readonly label: string;
  /** An address, in Latin letters whatever the language. */
  readonly address?: boolean;
  readonly onAnswer: (text: string) => void;
  readonly onNone: () => void;
}

/** One question with one field, and keys for who has none. */
function Asked({ title, hint, label, address = false, onAnswer, onNone }: AskedProps) {
  const { busy, problem } = useVisit();
  const { t } = useTranslation('kiosk');
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
      corner={
        <Choice as="quiet" small disabled={busy} onChoose={onNone}>
          {t('introduce.notNow')}
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
              {t('introduce.go')}
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
