/** Labels to print and stick on the doors: number, bank, and the address of the compartment as a QR code. */
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { Anchor, Button, Group } from '@mantine/core';
import { IconArrowLeft, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { toString as qrCode } from 'qrcode';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding } from '../link/queries.ts';
import classes from './commissioning.module.css';

export function LabelsPage() {
  const { t } = useReader();
  const { bank: id } = useParams({ strict: false }) as { bank: string };
  const building = useBuilding();
  const bank = building.data?.banks.find((one) => one.bank === id);
  return (
    <Page
      title={t('commissioning.labels')}
      actions={
        <Group className={classes.screenOnly}>
          <Anchor
            renderRoot={(root) => <Link {...root} to="/banks/$bank/commissioning" params={{ bank: id }} />}
            size="sm"
          >
            <Group gap={4} component="span">
              <IconArrowLeft size={16} aria-hidden /> {t('commissioning.back')}
            </Group>
          </Anchor>
          <Button leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>
            {t('commissioning.print')}
          </Button>
        </Group>
      }
    >
      {building.isPending && <Loading rows={4} height={90} />}
      {building.isError && <Failed error={building.error} />}
      {bank && (
        <div className={classes.labels}>
          {placedCompartments(bank.layout).map(({ number }) => (
            <Label key={number} bank={bank.bank} name={bank.name} number={number} />
          ))}
        </div>
      )}
    </Page>
  );
}

interface LabelProps {
  readonly bank: string;
  readonly name: string;
  readonly number: number;
}

function Label({ bank, name, number }: LabelProps) {
  const { t } = useReader();
  const address = `${window.location.origin}/?bank=${encodeURIComponent(bank)}&door=${number}`;
  const code = useQuery({
    queryKey: ['label', address],
    queryFn: () => qrCode(address, { type: 'svg', margin: 0 }),
  });
  return (
    <div className={classes.label}>
      <div>
        <div className={classes.labelNumber}>{number}</div>
        <div className={classes.labelBank}>{name}</div>
      </div>
      {code.data && (
        <img
          className={classes.labelCode}
          src={`data:image/svg+xml,${encodeURIComponent(code.data)}`}
          alt={t('door.place', { bank: name, door: t('doors:door', { number }) })}
        />
      )}
    </div>
  );
}
