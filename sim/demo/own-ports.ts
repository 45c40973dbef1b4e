/** Which ports the demo's PLCs and kiosks take: those that it looks for by itself. */
import type { Access } from './access.ts';
import type { BankName } from './bank-names.ts';
import { choosePort } from './ports.ts';

/** Where the simulated PLCs begin to look for a port: 502 is Modbus's, and needs root. */
const PLC_PORTS = { lobby: 15_020, garage: 15_040, room: 15_060 } as const;
/** Where the screens of garage and package room, and the kiosk of the garage's agent, begin to look: behind the demo's control. */
const KIOSK_PORTS = { window: 8091, room: 8092, agent: 8095 } as const;
/** `window`: the garage's screen; `room`: the package room's; `agent`: where the garage's agent serves its kiosk. */
export type KioskPorts = Record<keyof typeof KIOSK_PORTS, number>;

/**
 * Ports for the kiosks beside the lobby's as windows for browsers, and for the one of the garage's agent behind its window.
 *
 * @param promised to others already
 * @throws PortTaken
 */
export async function chooseKioskPorts(host: string, promised: Iterable<number>): Promise<KioskPorts> {
  const spoken = new Set(promised);
  const wish = (what: string, port: number) => ({ what, port, askedBy: undefined });
  const window = await choosePort(wish("the garage's screen", KIOSK_PORTS.window), host, spoken);
  spoken.add(window);
  const room = await choosePort(wish("the package room's screen", KIOSK_PORTS.room), host, spoken);
  spoken.add(room);
  const agent = await choosePort(
    wish("the kiosk of the garage's agent", KIOSK_PORTS.agent),
    '127.0.0.1',
    spoken,
  );
  return { window, room, agent };
}

/** Ports for the simulated PLCs, which keep them. @throws PortTaken */
export async function choosePlcPorts(promised: Iterable<number>): Promise<Access['plcPorts']> {
  const chosen = new Set(promised);
  const choose = async (bank: BankName) => {
    const wish = { what: `the simulated PLC of the ${bank}`, port: PLC_PORTS[bank], askedBy: undefined };
    const port = await choosePort(wish, '127.0.0.1', chosen);
    chosen.add(port);
    return port;
  };
  return { lobby: await choose('lobby'), garage: await choose('garage'), room: await choose('room') };
}
