/**
 * Holds the "may import" column of the design: who may know whom.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^protocol/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(edge-agent|hub|sim|deploy)/' },
    },
    {
      name: 'protocol-does-no-io',
      severity: 'error',
      from: { path: '^protocol/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'edge-agent-imports-protocol-only',
      severity: 'error',
      from: { path: '^edge-agent/', pathNot: '[.]test[.]tsx?$' },
      to: { path: '^(hub|sim|deploy)/' },
    },
    {
      name: 'hub-imports-protocol-and-edge-agent',
      severity: 'error',
      from: { path: '^hub/', pathNot: '[.]test[.]tsx?$' },
      to: { path: '^(sim|deploy)/' },
    },
    {
      name: 'deploy-imports-protocol-only',
      severity: 'error',
      from: { path: '^deploy/', pathNot: '([.]test[.]tsx?$|^deploy/cloud/fleet/)' },
      to: { path: '^(edge-agent|hub|sim)/' },
    },
    {
      name: 'fleet-page-shares-the-other-pages-look',
      comment:
        'One look for all pages: theme and words of the kiosk, frame and texts of the staff page, and nothing else.',
      severity: 'error',
      from: { path: '^deploy/cloud/fleet/', pathNot: '[.]test[.]tsx?$' },
      to: {
        path: '^(edge-agent|hub|sim)/',
        pathNot:
          '^(edge-agent/kiosk/(theme|words)/|hub/web/(frame/|words/languages/|link/(ask|hub-error|no-eval)[.]ts|icon[.]svg))',
      },
    },
    {
      name: 'frame-knows-no-page',
      comment: 'What staff and fleet page share knows neither: no read of a hub, no page.',
      severity: 'error',
      from: { path: '^hub/web/frame/' },
      to: {
        path: '^(edge-agent|hub|sim|deploy)/',
        pathNot:
          '^(edge-agent/kiosk/(theme|words)/|hub/web/(frame/|words/(formats|words|languages/[a-z]+)[.]ts|link/(ask|hub-error)[.]ts|icon[.]svg))',
      },
    },
    {
      name: 'devices-import-protocol-only',
      comment:
        'The simulated devices stand on the protocol alone; scenarios, demo and rigs may import everything.',
      severity: 'error',
      from: { path: '^sim/(plc|clock|electric|internet|postgres)/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(edge-agent|hub|deploy)/' },
    },
    {
      name: 'nothing-imports-scenarios-or-demo',
      comment: 'Only tests may, to try a page or program against a whole building.',
      severity: 'error',
      from: { pathNot: '^sim/|[.]test[.]tsx?$' },
      to: { path: '^sim/(scenarios|demo|torture|bench|walk|conformance)/' },
    },
    {
      name: 'one-module-owns-modbus-serial',
      comment: 'modbus-serial has traps (see edge-agent/lines); one module closes them.',
      severity: 'error',
      from: { path: '^(edge-agent|hub)/', pathNot: '^edge-agent/lines/' },
      to: { path: 'node_modules/modbus-serial' },
    },
    {
      name: 'one-module-owns-serialport',
      severity: 'error',
      from: { path: '^(edge-agent|hub|sim)/', pathNot: '^edge-agent/lines/serial-wire[.]ts$' },
      to: { path: 'node_modules/serialport' },
    },
    {
      name: 'one-module-owns-pglite',
      severity: 'error',
      from: { path: '^(edge-agent|hub)/', pathNot: '^hub/store/' },
      to: { path: 'node_modules/@electric-sql/pglite' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: {
        path: '^(protocol|edge-agent|hub|deploy)/',
        pathNot: '([.]test[.]tsx?|/(web|kiosk|fleet)/|vite[.]config[.]ts)',
      },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
