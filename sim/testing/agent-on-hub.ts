import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { type StartAgentOptions, startAgent } from '@lockerhub/edge-agent/agent/start-agent.ts';
import { plainWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { pino } from 'pino';
import type { BankHub } from './bank-hub.ts';

/** Starts an agent in this process whose hub is `hub`: what every rig has in common. */
export function startAgentOn(
  hub: BankHub,
  options: Pick<StartAgentOptions, 'bankFile' | 'folder' | 'keepsPickups' | 'isHeld'>,
): Promise<Agent> {
  return startAgent({
    ...options,
    bankFileName: 'bank.yaml',
    way: plainWay({
      url: `mqtt://127.0.0.1:${hub.brokerPort}`,
      building: hub.building,
      username: hub.bank,
      password: 'rig',
    }),
    software: 'rig',
    log: pino({ level: 'silent' }),
  });
}
