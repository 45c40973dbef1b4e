import { Button, SegmentedControl } from '@mantine/core';
import {
  IconBolt,
  IconCloudDown,
  IconDoor,
  IconFlame,
  IconFlameOff,
  IconHandGrab,
  IconHistory,
  IconLock,
  IconLockOpen,
  IconPackage,
  IconPackages,
  IconPlug,
  IconPlugOff,
  IconPower,
  IconRecycle,
  IconReplace,
  IconShoppingBag,
  IconWorld,
  IconWorldOff,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { BankName } from '../bank-names.ts';
import type { Act } from '../stage.ts';
import classes from './demo.module.css';
import { type Live, play } from './live.ts';

interface ButtonsProps {
  readonly live: Live;
  /** Where people and faults happen. */
  readonly bank: BankName;
  readonly onBank: (bank: BankName) => void;
  readonly onSaid: (words: string | null) => void;
}

interface Choice {
  readonly act: Act;
  readonly label: string;
  readonly icon: ReactNode;
  readonly title: string;
  readonly rough?: boolean;
}

/** What happens at the doors whether or not there is a hub. */
const WITHOUT_HUB: ReadonlySet<Act> = new Set([
  'replug',
  'unplug',
  'force',
  'fire',
  'fire-over',
  'cut-internet',
  'mend-internet',
  'back-up-cloud',
  'rewind-cloud',
  'hub-on',
  'swap-hub',
  'old-hub-returns',
]);

const PEOPLE: readonly Choice[] = [
  {
    act: 'parcel',
    label: 'A parcel',
    icon: <IconPackage />,
    title: 'A courier brings one parcel; to the package room, one that fits into no compartment',
  },
  {
    act: 'rush',
    label: 'A rush of 14',
    icon: <IconPackages />,
    title: 'Two couriers at once, 14 parcels in lobby and garage',
  },
  {
    act: 'pickup',
    label: 'A pickup',
    icon: <IconShoppingBag />,
    title: 'A resident types the code from the newest message',
  },
];

const FAULTS: readonly Choice[] = [
  {
    act: 'jam',
    label: 'A jam',
    icon: <IconLock />,
    title: 'The next door does not open; the courier gets another',
    rough: true,
  },
  {
    act: 'force',
    label: 'A forced door',
    icon: <IconHandGrab />,
    title: 'Somebody pulls a closed door open',
    rough: true,
  },
];

const FREE: Choice = {
  act: 'free-jams',
  label: 'Free the jam',
  icon: <IconLockOpen />,
  title: 'Staff free the door, open it once and close its case',
};

const FIRE: Choice = {
  act: 'fire',
  label: 'Fire contact',
  icon: <IconFlame />,
  title:
    'Opens the fire contact at the PLC: the agent releases the doors one after another, also without the hub',
  rough: true,
};
const FIRE_OVER: Choice = {
  act: 'fire-over',
  label: 'Alarm off',
  icon: <IconFlameOff />,
  title: 'Closes the fire contact again; nothing is given out until staff have walked the doors',
  rough: true,
};
const WALK: Choice = {
  act: 'walk-doors',
  label: 'Staff walk the doors',
  icon: <IconDoor />,
  title: 'Staff shut every door and say that they looked: the bank is used again',
};

const CUT: Choice = {
  act: 'cut-internet',
  label: 'Cut the internet',
  icon: <IconWorldOff />,
  title: 'Between the building and its cloud; everything goes on, and what happens waits',
  rough: true,
};
const MEND: Choice = {
  act: 'mend-internet',
  label: 'Mend the internet',
  icon: <IconWorld />,
  title: 'What waits is sent, in order',
  rough: true,
};
const BACK_UP: Choice = {
  act: 'back-up-cloud',
  label: 'Back the cloud up',
  icon: <IconCloudDown />,
  title: 'Its operator keeps a copy of the database; then it can be rewound',
  rough: true,
};
const REWIND: Choice = {
  act: 'rewind-cloud',
  label: 'Rewind the cloud',
  icon: <IconHistory />,
  title: 'Puts the database back to the backup; the hub notices, and sends again what was forgotten',
  rough: true,
};

const HUB_OFF: Choice = {
  act: 'hub-off',
  label: 'Leave the hub off',
  icon: <IconPower />,
  title: 'kill -9, and it stays off: collect a parcel at the kiosk in the garage, by its code',
  rough: true,
};
const HUB_ON: Choice = {
  act: 'hub-on',
  label: 'Switch the hub on',
  icon: <IconPower />,
  title: 'It hears from the agent what was collected meanwhile',
  rough: true,
};
const SWAP: Choice = {
  act: 'swap-hub',
  label: "Swap the hub's box",
  icon: <IconReplace />,
  title: 'Its box is destroyed; an empty one takes the building over from the cloud, by the recovery key',
  rough: true,
};
const OLD_RETURNS: Choice = {
  act: 'old-hub-returns',
  label: 'The old box returns',
  icon: <IconRecycle />,
  title: 'Somebody plugs it in again: it is fenced, and what only it still knew becomes a case',
  rough: true,
};
const LOOK: Choice = {
  act: 'look-at-doors',
  label: 'Staff look at the doors',
  icon: <IconDoor />,
  title: 'What the new hub has no proof of: staff say that they have looked, and the doors are used again',
};

/** Everything that can be set off. People and faults happen at the chosen bank. */
export function Buttons({ live, bank, onBank, onSaid }: ButtonsProps) {
  const [busy, setBusy] = useState<ReadonlySet<Act>>(new Set());
  const standing = live.banks?.find((each) => each.bank === bank);
  const plugged = standing?.plugged ?? true;
  const known = live.knowledge?.building.banks.find((each) => each.bank === bank);
  const fire = standing?.isFireOpen ? FIRE_OVER : known?.emergency ? WALK : FIRE;
  const isJammed = live.knowledge?.building.banks.some(({ doors }) =>
    doors.some(({ door }) => door === 'jammed'),
  );
  const isDoubted = live.knowledge?.building.banks.some(({ doors }) =>
    doors.some(({ unverified }) => unverified),
  );
  const hubUp = live.processes?.hub.state === 'up';
  const plug: Choice = plugged
    ? {
        act: 'unplug',
        label: 'Unplug the PLC',
        icon: <IconPlugOff />,
        title: 'Pulls the network cable',
        rough: true,
      }
    : {
        act: 'replug',
        label: 'Plug it in again',
        icon: <IconPlug />,
        title: 'Puts the cable back',
        rough: true,
      };
  const kill: Choice = {
    act: 'kill-hub',
    label: "Pull the hub's plug",
    icon: <IconBolt />,
    title: 'kill -9, then started again',
    rough: true,
  };

  const press = async (act: Act) => {
    setBusy((now) => new Set(now).add(act));
    onSaid(null);
    try {
      await play(act, bank);
    } catch (error) {
      onSaid((error as Error).message);
    } finally {
      setBusy((now) => new Set([...now].filter((other) => other !== act)));
    }
  };

  const button = ({ act, label, icon, title, rough = false }: Choice) => (
    <Button
      key={act}
      size="compact-sm"
      variant={rough ? 'default' : 'filled'}
      leftSection={icon}
      title={title}
      loading={busy.has(act)}
      disabled={!live.connected || (!hubUp && !WITHOUT_HUB.has(act))}
      onClick={() => void press(act)}
    >
      {label}
    </Button>
  );

  return (
    <div className={classes.buttons} role="toolbar" aria-label="What may happen">
      <SegmentedControl
        value={bank}
        onChange={(value) => onBank(value as BankName)}
        data={[
          { value: 'lobby', label: 'Lobby' },
          { value: 'garage', label: 'Garage' },
          { value: 'room', label: 'Package room' },
        ]}
        aria-label="At which bank"
      />
      {PEOPLE.map(button)}
      <span className={classes.gap} />
      {FAULTS.map((fault) => button(fault.act === 'jam' && isJammed ? FREE : fault))}
      {isDoubted && button(LOOK)}
      {button(fire)}
      {button(plug)}
      {button(kill)}
      {button(live.processes?.hub.state === 'stopped' && !live.swap?.isUnderWay ? HUB_ON : HUB_OFF)}
      {live.cloud && (
        <>
          <span className={classes.gap} />
          {button(live.cloud.isCut ? MEND : CUT)}
          {button(live.cloud.hasBackup ? REWIND : BACK_UP)}
          {button(SWAP)}
          {live.swap?.hasOldBox && live.swap.oldPort === null && !live.swap.isUnderWay && button(OLD_RETURNS)}
        </>
      )}
    </div>
  );
}
