import { useState } from 'react';
import type { BankName } from '../bank-names.ts';
import { Banks } from './banks.tsx';
import { Buttons } from './buttons.tsx';
import classes from './demo.module.css';
import { Hints } from './hints.tsx';
import { KioskScreen } from './kiosk-screen.tsx';
import { useLive } from './live.ts';
import { Log } from './log.tsx';
import { Phone } from './phone.tsx';
import { Score } from './score.tsx';
import { Sides } from './sides.tsx';

/** The whole demo: banks, kiosk and phone beside each other, the log below, buttons and score above. */
export function Demo() {
  const live = useLive();
  const [said, setSaid] = useState<string | null>(null);
  const [bank, setBank] = useState<BankName>('lobby');
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.name}>
          {live.places?.building ?? 'Lockerhub'} <small>demo</small>
        </h1>
        <Score live={live} />
      </header>
      <Hints live={live} />
      <Buttons live={live} bank={bank} onBank={setBank} onSaid={setSaid} />
      <p className={classes.said} role="status">
        {live.connected ? said : 'The demo is not running: start it again with npm start'}
      </p>
      <main className={classes.stage}>
        <Banks live={live} onSaid={setSaid} />
        <KioskScreen live={live} bank={bank} />
        <Phone live={live} onSaid={setSaid} />
      </main>
      <div className={classes.below}>
        <Log live={live} />
        <Sides live={live} />
      </div>
    </div>
  );
}
