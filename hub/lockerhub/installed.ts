/** Where `deploy/install.sh` puts what on a hub's machine. */
export const INSTALLED = {
  dataFolder: '/var/lib/lockerhub/hub',
  settings: '/etc/lockerhub/hub.env',
  /** There while an update is under way (`LOCKERHUB_HELD_WHILE` of the unit). */
  holdFile: '/etc/lockerhub/updating',
  firewallRules: '/etc/lockerhub/firewall.nft',
} as const;

export const UNITS = {
  hub: 'lockerhub-hub.service',
  update: 'lockerhub-update.service',
  firewall: 'lockerhub-firewall.service',
} as const;
