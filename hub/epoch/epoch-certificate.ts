import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import type { Core } from '../core.ts';
import { certifyEpoch } from './epoch-file.ts';

/** Proves the hub's epoch; signed once a process, not with every heartbeat. Undefined before the building was set up. */
export function epochCertificate(core: Core): () => EpochCertificate | undefined {
  let made: EpochCertificate | undefined;
  return () => {
    const info = core.settings.get();
    if (!info) return undefined;
    const { epoch: number, instance, keyring } = core;
    made ??= certifyEpoch({ number, instance }, info.building, keyring.authority);
    return made;
  };
}
