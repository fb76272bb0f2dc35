import {
  type CSSVariablesResolver,
  colorsTuple,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** One colour for all of the ten shades that Mantine asks for: which it is, in light and in dark, the tokens know. */
function token(name: string): MantineColorsTuple {
  return colorsTuple(`var(--writ-${name})`);
}

/** What lies under the pointer, and what stands, on a filled button, by the colour of the fill. */
const FILLS: Readonly<Record<string, { readonly hover: string; readonly color: string }>> = {
  verdigris: { hover: 'var(--writ-accent-strong)', color: 'var(--writ-on-accent)' },
  destroy: { hover: 'var(--writ-destroy-strong)', color: 'var(--writ-surface)' },
};

/** The design sheet for Mantine: what its components look like, everywhere. */
export const theme = createTheme({
  colors: { verdigris: token('accent'), destroy: token('destroy'), quiet: token('ink-soft') },
  primaryColor: 'verdigris',
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
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
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const fill = FILLS[input.color ?? input.theme.primaryColor];
    return input.variant === 'filled' && fill !== undefined ? { ...colors, ...fill } : colors;
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
  },
});

const shared = {
  '--mantine-color-body': 'var(--writ-canvas)',
  '--mantine-color-text': 'var(--writ-ink)',
  '--mantine-color-dimmed': 'var(--writ-ink-faint)',
  '--mantine-color-placeholder': 'var(--writ-ink-faint)',
  '--mantine-color-anchor': 'var(--writ-accent)',
  '--mantine-color-error': 'var(--writ-destroy)',
  '--mantine-primary-color-filled-hover': 'var(--writ-accent-strong)',
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
