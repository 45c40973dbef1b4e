import { BankDrawing } from '@lockerhub/edge-agent/kiosk/drawing/bank-drawing.tsx';
import type { DrawnDoor } from '@lockerhub/edge-agent/kiosk/drawing/door-look.ts';
import type { BankOnPage, StandingDoor } from '../state.ts';
import classes from './demo.module.css';
import { type Live, moveDoor } from './live.ts';

interface BanksProps {
  readonly live: Live;
  readonly onSaid: (words: string | null) => void;
}

/** The banks as they really stand; a click is a hand. Below, what people do. */
export function Banks({ live, onSaid }: BanksProps) {
  return (
    <section className={classes.banks} aria-label="The banks, as they really stand">
      <div className={classes.row}>
        {live.banks?.map((bank) => (
          <Bank key={bank.bank} bank={bank} held={heldAt(live, bank.bank)} onSaid={onSaid} />
        ))}
      </div>
      <ol className={classes.doings} aria-label="What people do">
        {live.doings?.map(({ atMs, words }, index) => (
          <li key={`${atMs}-${words}`} data-newest={index === 0}>
            {words}
          </li>
        ))}
      </ol>
    </section>
  );
}

interface BankProps {
  readonly bank: BankOnPage;
  readonly held: ReadonlyMap<number, number>;
  readonly onSaid: (words: string | null) => void;
}

function Bank({ bank, held, onSaid }: BankProps) {
  const doors = bank.doors.map((door) => drawn(door, held.get(door.number) ?? 0));
  const onDoor = (number: number) => {
    const door = bank.doors.find((standing) => standing.number === number);
    onSaid(null);
    moveDoor(bank.bank, number, door?.open ? 'close' : 'open').catch((error: Error) => onSaid(error.message));
  };
  return (
    <figure className={classes.bank} data-columns={bank.layout.columns.length}>
      <figcaption>
        {bank.layout.name}
        {!bank.plugged && <strong> unplugged</strong>}
        {bank.isFireOpen && <strong> fire alarm</strong>}
      </figcaption>
      <BankDrawing layout={bank.layout} doors={doors} onDoor={onDoor} />
    </figure>
  );
}

function drawn({ number, open, energised, jammed, sensed }: StandingDoor, parcels: number): DrawnDoor {
  const door = open ? 'open' : jammed ? 'jammed' : energised ? 'opening' : 'closed';
  return { number, door, sensed, parcels };
}

/** How many parcels the hub believes to be behind each door. */
function heldAt(live: Live, bank: string): Map<number, number> {
  const view = live.knowledge?.building.banks.find((known) => known.bank === bank);
  return new Map(view?.doors.map(({ number, holds }) => [number, holds.length]));
}
