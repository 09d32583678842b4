using System.Collections.Frozen;

namespace SoraCluster.Gateway.Prompts;

/// <summary>Finds <c>Label:</c>, <c>Label 2:</c> and <c>【ラベル】</c> at the start of a line, in English and Japanese, full-width or not.</summary>
internal static class ScriptLabels
{
    private const string Bullets = "-*•・#●■◆>";

    private static readonly FrozenDictionary<string, ScriptLabel> Names = new Dictionary<ScriptLabel, string>
    {
        [ScriptLabel.Title] = "title|タイトル|題名|題",
        [ScriptLabel.Style] = "style|look|スタイル|画風|作風",
        [ScriptLabel.Preset] = "preset|プリセット",
        [ScriptLabel.Shot] = "shot|camera|shot/camera|shot / camera|cut|ショット|カメラ|カット|ショット/カメラ|構図",
        [ScriptLabel.Scene] = "scene|setting|location|background|シーン|場面|舞台|背景|場所",
        [ScriptLabel.Subject] = "subject|subjects|character|characters|被写体|主題|人物|登場人物|キャラクター",
        [ScriptLabel.Lighting] = "lighting|light|照明|ライティング|光",
        [ScriptLabel.Action] = "action|actions|action beats|beats|timeline|アクション|動作|動き|アクションビート|タイムライン",
        [ScriptLabel.Audio] = "audio|sound|sounds|music|音声|音|音響|サウンド|オーディオ|効果音|音楽",
        [ScriptLabel.Grade] = "grade|grading|color grade|colour grade|color|colour|色調|カラーグレード|グレーディング|色",
        [ScriptLabel.Tempo] = "tempo|pace|pacing|rhythm|テンポ|ペース|リズム",
    }.SelectMany(pair => pair.Value.Split('|').Select(name => KeyValuePair.Create(name, pair.Key))).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The label and what follows it on its line.</summary>
    public static bool TryRead(string line, out ScriptLabel label, out string value)
    {
        (label, value) = (default, "");
        var text = line.AsSpan().Trim();
        text = text.TrimStart(Bullets).TrimStart();
        if (text.StartsWith("【", StringComparison.Ordinal) && text.IndexOf('】') is > 1 and var close)
        {
            value = text[(close + 1)..].TrimStart(":： ").Trim().ToString();
            return Find(text[1..close], out label);
        }

        var colon = text.IndexOfAny(':', '：');
        if (colon < 1)
        {
            return false;
        }

        value = text[(colon + 1)..].Trim("* \t").ToString();
        return Find(text[..colon], out label);
    }

    private static bool Find(ReadOnlySpan<char> name, out ScriptLabel label)
    {
        label = default;
        if (name.Length > 40)
        {
            return false;
        }

        var folded = Fold(name.ToString()).Trim('*', ' ', '\t').ToLowerInvariant();
        return Names.TryGetValue(folded.TrimEnd("0123456789 #.-".ToCharArray()), out label);
    }

    /// <summary>Full-width ASCII as ASCII, character for character, so that positions stay.</summary>
    public static string Fold(string text) => string.Create(text.Length, text, static (folded, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            folded[i] = source[i] switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(source[i] - 0xFEE0),
                '\u3000' => ' ',
                var c => c,
            };
        }
    });
}
