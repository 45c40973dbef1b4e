import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  isLightColor,
  type MantineColorsTuple,
  parseThemeColor,
  type VariantColorsResolver,
} from '@mantine/core';

/**
 * One look for kiosk, hub and fleet pages: paper, pine and brass, like a good old letter-box hall. Pine acts, brass
 * lights the door to use, clay warns. Text on every pair used here has a contrast of 4.5:1 and more (WCAG 2.2 AA);
 * `theme.test.ts` computes it.
 */
const pine: MantineColorsTuple = [
  '#eef6f2',
  '#dcebe4',
  '#b9d8cb',
  '#93c2af',
  '#72af98',
  '#52977f',
  '#357f68',
  '#1f6854',
  '#155443',
  '#0c4032',
];
const brass: MantineColorsTuple = [
  '#fff8e4',
  '#fdeec3',
  '#f9dd8c',
  '#f5ca52',
  '#efb72c',
  '#d99d10',
  '#b07a06',
  '#8a5e05',
  '#694807',
  '#4b3408',
];
const clay: MantineColorsTuple = [
  '#fdf1ed',
  '#f9ddd4',
  '#f2b9aa',
  '#ea937e',
  '#e07359',
  '#cc5037',
  '#ad3a22',
  '#902f1b',
  '#742616',
  '#581d11',
];
const lake: MantineColorsTuple = [
  '#edf4f8',
  '#d9e7ef',
  '#b3cfdf',
  '#8ab4cc',
  '#689cba',
  '#4a84a6',
  '#326c8e',
  '#255872',
  '#1b4559',
  '#123241',
];
/** Warm greys: paper (0) to ink (9). */
const gray: MantineColorsTuple = [
  '#faf8f4',
  '#f3f0e9',
  '#e7e2d8',
  '#d8d2c5',
  '#bfb8a8',
  '#948d7e',
  '#6b6558',
  '#524d43',
  '#38352e',
  '#22201b',
];
/** Night: text (0) to ground (9), with a touch of pine. */
const dark: MantineColorsTuple = [
  '#e6ebe8',
  '#c6cfca',
  '#a3afa9',
  '#82908a',
  '#46534d',
  '#323e38',
  '#232d29',
  '#18201d',
  '#101714',
  '#0a100d',
];

const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Open Sans", "Noto Sans Arabic", "Noto Sans Hebrew", sans-serif';

/** Buttons at night are bright, with ink on them. */
const SHADE = { light: 7, dark: 4 } as const;
/** Grounds of more luminance carry ink, others white: both then have 4.5:1. */
const INK_FROM_LUMINANCE = 0.28;

/** Mantine decides once for both schemes what stands on a filled button; its ground differs, so we decide for each. */
const variantColors: VariantColorsResolver = (asked) => {
  const colors = defaultVariantColorsResolver(asked);
  const { color, theme } = asked;
  const parsed = parseThemeColor({ color: color ?? theme.primaryColor, theme });
  const isShaded = !parsed.isThemeColor || parsed.shade !== undefined;
  if (asked.variant !== 'filled' || isShaded) return colors;
  return { ...colors, color: `var(--lockerhub-on-${parsed.color})` };
};

export const theme = createTheme({
  variantColorResolver: variantColors,
  colors: {
    pine,
    brass,
    clay,
    lake,
    gray,
    dark,
    green: pine,
    teal: pine,
    yellow: brass,
    red: clay,
    blue: lake,
  },
  primaryColor: 'pine',
  primaryShade: SHADE,
  black: gray[9],
  autoContrast: true,
  luminanceThreshold: INK_FROM_LUMINANCE,
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: { fontFamily: FONT, fontWeight: '650', textWrap: 'balance' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '16px', xl: '24px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  shadows: {
    xs: '0 1px 2px rgb(34 32 27 / 8%)',
    sm: '0 1px 2px rgb(34 32 27 / 8%), 0 4px 12px rgb(34 32 27 / 6%)',
    md: '0 2px 4px rgb(34 32 27 / 8%), 0 10px 28px rgb(34 32 27 / 9%)',
  },
});

/** Mantine's variables where its defaults are not paper, or fall short of AA on it. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    ...textOnFilled(colors, SHADE.light),
    '--lockerhub-accent': pine[7],
    '--mantine-color-body': gray[0],
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-error': clay[6],
    '--mantine-color-default-border': gray[3],
    '--lockerhub-surface': '#ffffff',
    '--lockerhub-quiet': gray[1],
  },
  dark: {
    ...textOnFilled(colors, SHADE.dark),
    '--lockerhub-accent': pine[4],
    '--mantine-color-body': dark[8],
    '--mantine-color-placeholder': dark[2],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-error': clay[3],
    '--mantine-color-default': dark[7],
    '--mantine-color-default-border': dark[4],
    '--lockerhub-surface': dark[7],
    '--lockerhub-quiet': dark[9],
  },
});

/** For each colour what is readable on its filled ground. */
function textOnFilled(colors: Record<string, readonly string[]>, shade: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(colors).map(([name, shades]) => [
      `--lockerhub-on-${name}`,
      isLightColor(shades[shade] ?? '', INK_FROM_LUMINANCE) ? gray[9] : '#ffffff',
    ]),
  );
}
