module.exports = { displayName: 'supervisor', preset: '../../jest.preset.cjs' };
