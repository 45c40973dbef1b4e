import type { BankName } from '../bank-names.ts';
import classes from './demo.module.css';
import type { Live } from './live.ts';

const WORDS: Readonly<Record<BankName, string>> = {
  lobby: 'The kiosk in the lobby, from the hub',
  garage: 'The kiosk in the garage, from its agent: pickups go on with the hub off',
  room: 'The kiosk at the package room: choose “Bigger than all” for what fits into no compartment',
};

const TITLES: Readonly<Record<BankName, string>> = {
  lobby: 'Kiosk in the lobby',
  garage: 'Kiosk in the garage',
  room: 'Kiosk at the package room',
};

/** The real kiosk page of the chosen bank, paired already. */
export function KioskScreen({ live, bank }: { readonly live: Live; readonly bank: BankName }) {
  const { places } = live;
  if (!places) return <section className={classes.kiosk} aria-label="The kiosk" />;
  // The name by which this browser found us: cookies belong to a host, whatever its port.
  const own = `${location.protocol}//${location.hostname}`;
  const { hubPort, kioskPorts } = places;
  const addresses: Readonly<Record<BankName, string>> = {
    lobby: `${own}:${hubPort}/kiosk/`,
    garage: `${own}:${kioskPorts.garage}/`,
    room: `${own}:${kioskPorts.room}/kiosk/`,
  };
  return (
    <section className={classes.kiosk} aria-label="The kiosk">
      <div className={classes.screen}>
        <iframe key={bank} src={addresses[bank]} title={TITLES[bank]} allow="camera" />
      </div>
      <p className={classes.under}>{WORDS[bank]}</p>
    </section>
  );
}
