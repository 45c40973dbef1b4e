import type { PlaceView, StopView } from '@lockerhub/protocol/http/visit.ts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BankDrawing } from '../drawing/bank-drawing.tsx';
import type { DrawnDoor } from '../drawing/door-look.ts';
import frame from '../frame/frame.module.css';
import { useTerminal } from '../terminal/terminal-context.ts';
import { type DoorWords, placeInWords, whereInWords } from '../words/place.ts';
import classes from './door-stage.module.css';
import { drawnStops } from './drawn-stops.ts';
import { useVisit } from './visit-context.ts';

interface DoorStageProps {
  readonly stop: StopView;
  /** Trouble at this door: it is not lit as one to use. */
  readonly calm?: boolean;
  readonly children: ReactNode;
}

/** A screen about one door: the bank drawn, that door lit; beside it its plate, and what to do. */
export function DoorStage({ stop, calm = false, children }: DoorStageProps) {
  const { kiosk } = useTerminal();
  const { view } = useVisit();
  const layout = kiosk.layouts.find(({ bank }) => bank === stop.place?.bank);
  const doors: DrawnDoor[] = drawnStops(view, stop.place?.bank);
  return (
    <div className={frame.stage}>
      {layout ? (
        <div className={frame.picture}>
          <BankDrawing
            layout={layout}
            doors={doors}
            use={!calm && stop.place ? [stop.place.compartment] : []}
          />
        </div>
      ) : (
        <span />
      )}
      <div className={frame.words}>
        {stop.place && <Plate place={stop.place} calm={calm} />}
        {children}
      </div>
    </div>
  );
}

/** The number as it is painted on the door, and where to look for it. */
function Plate({ place, calm }: { readonly place: PlaceView; readonly calm: boolean }) {
  const { t } = useTranslation(['doors', 'kiosk']);
  const { kiosk } = useTerminal();
  return (
    <div className={classes.plate}>
      <span className={classes.number} data-calm={calm}>
        {place.compartment}
      </span>
      <span className={classes.where}>
        {place.bank !== kiosk.bank && (
          <span className={classes.bank}>{t('kiosk:goAt', { bank: place.bankName })}</span>
        )}
        {place.zone === null ? (
          whereInWords(t as DoorWords, wordsOf(place)).map((words) => <span key={words}>{words}</span>)
        ) : (
          <span>{t('zone', { zone: place.zone })}</span>
        )}
      </span>
    </div>
  );
}

/** "Zone B2, Zone C1": where in a package room they lie; null behind any other door. */
export function useZoneNames(): (stop: StopView) => string | null {
  const { t, i18n } = useTranslation('doors');
  const list = new Intl.ListFormat(i18n.language, { type: 'unit' });
  return ({ zones }) =>
    zones.length > 0 ? list.format([...new Set(zones)].map((zone) => t('zone', { zone }))) : null;
}

function wordsOf(place: PlaceView) {
  return { ...place, number: place.compartment };
}

/** "Door 12, second from the left, knee height", for the ear. */
export function usePlaceWords(): (place: PlaceView | null) => string {
  const { t } = useTranslation('doors');
  return (place) => {
    if (!place) return '';
    if (place.zone === null) return placeInWords(t, wordsOf(place));
    return t('inZone', { zone: place.zone, door: t('door', { number: place.compartment }) });
  };
}
