import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { TextOnPage } from '../state.ts';
import classes from './demo.module.css';
import { tellText } from './live.ts';
import { Turning } from './turning.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const FATES = { sent: 'sent', delivered: 'delivered', failed: 'failed: said again by mail' } as const;

interface TextsProps {
  readonly texts: readonly TextOnPage[];
  readonly onSaid: (words: string | null) => void;
}

/** The text messages of one phone after the other, the phone with the newest one last. */
export function Texts({ texts, onSaid }: TextsProps) {
  const phones = [...new Set(texts.toReversed().map(({ to }) => to))].reverse();
  const newest = texts.at(-1);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const number = newest?.number;
  const to = newest?.to;
  // A message that arrives is looked at.
  useEffect(() => {
    if (number !== undefined) setChosen(to);
  }, [number, to]);
  const at = phones.indexOf(chosen ?? '');
  const own = texts.filter((text) => text.to === phones[at]);
  const [first] = own;
  return (
    <>
      {first ? (
        <article className={classes.chat} aria-label={`Text messages to ${first.name}`}>
          <header>
            <strong>
              {first.name} ({first.unitName})
            </strong>
            <small>{first.to}</small>
          </header>
          <Bubbles texts={own} onSaid={onSaid} />
        </article>
      ) : (
        <p className={classes.noMail}>No text message yet: bring a parcel for 2B, 3A, 4C, 5A or 6B</p>
      )}
      <Turning what="phone" at={at} of={phones.length} onTurn={(next) => setChosen(phones[next])} />
    </>
  );
}

function Bubbles({ texts, onSaid }: TextsProps) {
  const end = useRef<HTMLLIElement>(null);
  const { length } = texts;
  useEffect(() => {
    if (length > 0) end.current?.scrollIntoView({ block: 'end' });
  }, [length]);
  return (
    <ol className={classes.bubbles}>
      {texts.map((text) => (
        <Bubble key={text.number} text={text} onSaid={onSaid} />
      ))}
      <li ref={end} aria-hidden />
    </ol>
  );
}

/** One message, and what its provider may say of it. */
function Bubble({
  text: { number, text, atMs, state },
  onSaid,
}: { readonly text: TextOnPage } & Pick<TextsProps, 'onSaid'>) {
  const tell = (fate: 'delivered' | 'failed') => {
    onSaid(null);
    tellText(number, fate).catch((error: Error) => onSaid(error.message));
  };
  return (
    <li className={classes.bubble} data-state={state}>
      <p dir="auto">{text}</p>
      <small>
        {TIME.format(atMs)} · {FATES[state]}
      </small>
      {state === 'sent' && (
        <span className={classes.fates}>
          <Button
            size="compact-xs"
            variant="default"
            title="The provider says so"
            onClick={() => tell('delivered')}
          >
            It arrived
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            title="The hub then says it by mail"
            onClick={() => tell('failed')}
          >
            It failed
          </Button>
        </span>
      )}
    </li>
  );
}
