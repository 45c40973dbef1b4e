/** Where `deploy/install.sh` puts what. */
export const INSTALLED = {
  dataFolder: '/var/lib/lockerhub/hub',
  settings: '/etc/lockerhub/hub.env',
  agentSettings: '/etc/lockerhub/agent.yaml',
  /** There while an update is under way (`LOCKERHUB_HELD_WHILE` of the unit). */
  holdFile: '/etc/lockerhub/updating',
  firewallRules: '/etc/lockerhub/firewall.nft',
} as const;

export const UNITS = {
  hub: 'lockerhub-hub.service',
  agent: 'lockerhub-agent.service',
  update: 'lockerhub-update.service',
  firewall: 'lockerhub-firewall.service',
} as const;
