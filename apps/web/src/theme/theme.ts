import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** The accent, lightest first: buttons are filled with the eighth in light, and with the fourth in dark. */
const verdigris: MantineColorsTuple = [
  '#e0f0ec',
  '#c2e3dc',
  '#93d3c5',
  '#62cbb6',
  '#37ab97',
  '#1d8f7d',
  '#117a6a',
  '#0b6b5e',
  '#08544a',
  '#063f38',
];

/** The colour of what destroys, filled. */
const destroy: MantineColorsTuple = [
  '#fce7e6',
  '#f8cfcd',
  '#fab5b2',
  '#f99f9b',
  '#e5696a',
  '#d0474b',
  '#bd2f34',
  '#ad1f25',
  '#8c171c',
  '#6d1014',
];

/** The colour of words and signs on a filled button, by the colour of the fill. */
const ON_FILL: Readonly<Record<string, string>> = {
  verdigris: 'var(--writ-on-accent)',
  destroy: 'var(--writ-surface)',
};

/** The design sheet for Mantine: what its components look like, everywhere. */
export const theme = createTheme({
  colors: { verdigris, destroy },
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
  fontFamily: 'var(--writ-sans)',
  fontFamilyMonospace: 'var(--writ-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.4', xl: '1.3' },
  spacing: { xs: '6px', sm: '10px', md: '16px', lg: '24px', xl: '36px' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.25' },
      h2: { fontSize: '16px', lineHeight: '1.35' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // What stands on a fill is a token too: Mantine would work it out for the light colours alone.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const onFill = ON_FILL[input.color ?? ''];
    return input.variant === 'filled' && onFill !== undefined ? { ...colors, color: onFill } : colors;
  },
  // By name: naming the components themselves would load all of them with the sign-in page.
  components: {
    Anchor: { defaultProps: { underline: 'hover' } },
    Checkbox: { defaultProps: { iconColor: 'var(--writ-on-accent)' } },
    Radio: { defaultProps: { iconColor: 'var(--writ-on-accent)' } },
    Button: { defaultProps: { size: 'sm' } },
    Input: { defaultProps: { size: 'sm' } },
    InputWrapper: { defaultProps: { size: 'sm', withAsterisk: false } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'md',
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Paper: { defaultProps: { withBorder: true, radius: 'md' } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--writ-canvas)',
  '--mantine-color-text': 'var(--writ-ink)',
  '--mantine-color-dimmed': 'var(--writ-ink-faint)',
  '--mantine-color-placeholder': 'var(--writ-ink-faint)',
  '--mantine-color-anchor': 'var(--writ-accent)',
  '--mantine-color-error': 'var(--writ-destroy)',
  '--mantine-color-default': 'var(--writ-surface)',
  '--mantine-color-default-color': 'var(--writ-ink)',
  '--mantine-color-default-hover': 'var(--writ-sunken)',
  '--mantine-color-default-border': 'var(--writ-line)',
  '--mantine-color-disabled': 'var(--writ-sunken)',
  '--mantine-color-disabled-color': 'var(--writ-ink-faint)',
  '--mantine-color-disabled-border': 'var(--writ-line)',
  '--mantine-shadow-md': 'var(--writ-shadow)',
};

/** Mantine's variables, mapped on the tokens: they alone know light from dark. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
