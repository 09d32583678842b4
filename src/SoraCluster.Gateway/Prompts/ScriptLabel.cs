namespace SoraCluster.Gateway.Prompts;

/// <summary>The parts of a script.</summary>
internal enum ScriptLabel
{
    Title,
    Style,
    Preset,
    Shot,
    Scene,
    Subject,
    Lighting,
    Action,
    Audio,
    Grade,
    Tempo,
}
