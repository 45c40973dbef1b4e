import type { BankName } from '../stage.ts';
import classes from './demo.module.css';
import type { Live } from './live.ts';

const WORDS: Readonly<Record<BankName, string>> = {
  lobby: 'The kiosk in the lobby, from the hub',
  garage: 'The kiosk in the garage, from its agent: pickups go on with the hub off',
};

/** The real kiosk page of the chosen bank, paired already. */
export function KioskScreen({ live, bank }: { readonly live: Live; readonly bank: BankName }) {
  const { places } = live;
  if (!places) return <section className={classes.kiosk} aria-label="The kiosk" />;
  // The name by which this browser found us: cookies belong to a host, whatever its port.
  const own = `${location.protocol}//${location.hostname}`;
  const address = bank === 'lobby' ? `${own}:${places.hubPort}/kiosk/` : `${own}:${places.garageKioskPort}/`;
  return (
    <section className={classes.kiosk} aria-label="The kiosk">
      <div className={classes.screen}>
        <iframe key={bank} src={address} title={`Kiosk in the ${bank}`} allow="camera" />
      </div>
      <p className={classes.under}>{WORDS[bank]}</p>
    </section>
  );
}
