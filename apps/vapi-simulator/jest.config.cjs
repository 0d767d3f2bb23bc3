module.exports = { displayName: 'vapi-simulator', preset: '../../jest.preset.cjs' };
