import { BankDrawing } from '@lockerhub/edge-agent/kiosk/drawing/bank-drawing.tsx';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { useMemo } from 'react';
import { drawnDoors } from '../home/door-actions.ts';
import classes from './commissioning.module.css';

interface BankPictureProps {
  readonly bank: BankView;
  readonly use?: readonly number[];
  readonly onDoor?: (door: number) => void;
}

/** The bank, large, as it stands before the installer. */
export function BankPicture({ bank, use = [], onDoor }: BankPictureProps) {
  const doors = useMemo(() => drawnDoors(bank.doors), [bank.doors]);
  return (
    <div className={classes.picture}>
      <BankDrawing layout={bank.layout} doors={doors} use={use} {...(onDoor ? { onDoor } : {})} />
    </div>
  );
}
