import classes from './demo.module.css';
import type { Live } from './live.ts';

/** The real kiosk page, from the hub, paired already. */
export function KioskScreen({ live }: { readonly live: Live }) {
  if (!live.places) return <section className={classes.kiosk} aria-label="The kiosk" />;
  // The name by which this browser found us: cookies belong to a host, whatever its port.
  const address = `${location.protocol}//${location.hostname}:${live.places.hubPort}/kiosk/`;
  return (
    <section className={classes.kiosk} aria-label="The kiosk">
      <div className={classes.screen}>
        <iframe src={address} title="Kiosk in the lobby" />
      </div>
      <p className={classes.under}>The kiosk in the lobby</p>
    </section>
  );
}
