import { type Layout, placedCompartments, SIZES, type Size } from '@lockerhub/protocol/bank/layout.ts';
import {
  ActionIcon,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import classes from './layout.module.css';
import { addColumn, addDoor, changeDoor, changeWidth, removeCell } from './layout-text.ts';

interface DoorTableProps {
  readonly layout: Layout;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Every column with its doors: label, size, height, and how high its handle is. */
export function DoorTable({ layout, text, onChange }: DoorTableProps) {
  const { t } = useReader();
  return (
    <Stack>
      {layout.columns.map((column, at) => (
        // Columns have no other name than their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <Paper withBorder p="md" component="section" key={at}>
          <Group justify="space-between" align="flex-end" mb="sm">
            <Title order={2} size="h5">
              {t('layout.column', { number: at + 1 })}
            </Title>
            <Millimetres
              label={t('layout.width')}
              value={column.widthMm}
              onChange={(widthMm) => onChange(changeWidth(text, at, widthMm))}
            />
          </Group>
          <Table horizontalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('layout.label')}</Table.Th>
                <Table.Th>{t('layout.size')}</Table.Th>
                <Table.Th>{t('layout.height')}</Table.Th>
                <Table.Th aria-label={t('layout.remove')} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {column.cells.map((cell, index) =>
                'number' in cell ? (
                  <DoorRow
                    key={cell.number}
                    layout={layout}
                    number={cell.number}
                    onChange={(change) => onChange(changeDoor(text, at, index, change))}
                    onRemove={() => onChange(removeCell(text, at, index))}
                  />
                ) : (
                  <Table.Tr key={cell.panel}>
                    <Table.Td colSpan={4}>
                      {cell.panel}, {cell.heightMm} mm
                    </Table.Td>
                  </Table.Tr>
                ),
              )}
            </Table.Tbody>
          </Table>
          <Button
            mt="sm"
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => onChange(addDoor(text, at))}
          >
            {t('layout.addDoor')}
          </Button>
        </Paper>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={18} />}
        onClick={() => onChange(addColumn(text))}
      >
        {t('layout.addColumn')}
      </Button>
      <Text size="sm" c="dimmed">
        {t('layout.wiringHint')}
      </Text>
    </Stack>
  );
}

interface DoorRowProps {
  readonly layout: Layout;
  readonly number: number;
  readonly onChange: (change: { number?: number; size?: Size; heightMm?: number }) => void;
  readonly onRemove: () => void;
}

function DoorRow({ layout, number, onChange, onRemove }: DoorRowProps) {
  const { t, formats } = useReader();
  const door = placedCompartments(layout).find((placed) => placed.number === number);
  if (!door) return null;
  const name = t('doors:door', { number });
  const taken = (wanted: number) => placedCompartments(layout).some((placed) => placed.number === wanted);
  return (
    <Table.Tr className={classes.door}>
      <Table.Td>
        <NumberInput
          aria-label={`${name}: ${t('layout.label')}`}
          value={number}
          min={1}
          max={2000}
          hideControls
          w={64}
          // A number that another door has would leave no layout to edit.
          onBlur={(event) => {
            const wanted = Number(event.currentTarget.value);
            if (wanted >= 1 && !taken(wanted)) onChange({ number: wanted });
          }}
        />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={`${name}: ${t('layout.size')}`}
          data={[...SIZES]}
          value={door.size}
          w={72}
          onChange={(event) => onChange({ size: event.currentTarget.value as Size })}
        />
      </Table.Td>
      <Table.Td>
        <Millimetres
          aria-label={`${name}: ${t('layout.height')}`}
          value={door.heightMm}
          onChange={(heightMm) => onChange({ heightMm })}
        />
        <Text size="xs" c="dimmed">
          {t('layout.handle')} {formats.count(Math.round(door.handleMm))} mm
        </Text>
      </Table.Td>
      <Table.Td>
        <ActionIcon variant="default" aria-label={`${name}: ${t('layout.remove')}`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}

interface MillimetresProps {
  readonly label?: string;
  readonly 'aria-label'?: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Millimetres({ value, onChange, ...names }: MillimetresProps) {
  return (
    <NumberInput
      {...names}
      value={value}
      min={1}
      max={3000}
      hideControls
      suffix=" mm"
      w={96}
      onChange={(typed) => {
        if (typeof typed === 'number' && typed >= 1 && typed <= 3000) onChange(typed);
      }}
    />
  );
}
