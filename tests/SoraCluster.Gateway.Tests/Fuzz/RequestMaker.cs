using System.Text;

namespace SoraCluster.Gateway.Tests.Fuzz;

/// <summary>Makes requests that are nearly right, and some that are not even that.</summary>
internal static class RequestMaker
{
    private static readonly string[] Paths =
    [
        "/v1/videos", "/v1/videos", "/v1/videos", "/v1/videos/video_00000000000000000000000000000000", "/v1/videos/edits",
        "/v1/videos/extensions", "/v1/videos/blends", "/v1/videos/characters", "/v1/videos/x/remix", "/v1/videos/x/content",
        "/v1/keys", "/v1/webhooks", "/v1/webhooks/dead_letters/x/replay", "/v1/models/%01", "/v1/videos/%ff%fe", "/v1/videos/..%2f..",
        "/v1/videos?limit=%2d1", "/v1/videos?after=%f0%9f%92%a5", "/v1/videos?order[]=asc", "/v1//videos", "/V1/VIDEOS", "/v1/videos/",
        "/v1/prompts", "/v1/prompts", "/v1/videos/x/events", "/v1/videos/x/loop", "/v1/presets", "/v1/presets/mine", "/v1/keys/x/rotate", "/v1/videos?limit=1&limit=2",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "text/html",
        "multipart/form-data; boundary=b", "multipart/form-data; boundary=b", "multipart/form-data", "multipart/form-data; boundary=\"\"", "a", ";;",
        "multipart/mixed; boundary=b", "application/octet-stream",
    ];

    private static readonly string[] Bodies =
    [
        """{"prompt":"a red ball","seconds":"4","size":"256x256","seed":1,"steps":4,"guidance_scale":2,"audio":true}""",
        """{"prompt":"赤いボール","model":"sora-2","negative_prompt":"雪","input_reference":{"image_url":"data:image/png;base64,AAAA"}}""",
        """{"prompt":"x","video":{"id":"video_00000000000000000000000000000000"},"videos":["a","b",["c"]],"seconds":4}""",
        """{"owner":"a","scope":"operator","expires_in":1,"url":"https://example.com","events":["video.completed"]}""",
        "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na red ball\r\n--b\r\nContent-Disposition: form-data; name=\"seconds\"\r\n\r\n4\r\n--b--\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\u0089PNG\r\n--b--\r\n",
        "{\"prompt\":\"Title: x\\nShot 1: 0-2s wide\\nAction:\\n0-1s: a red ball rolls\\n1-2s: rests\\n音：波\",\"preset\":\"winter\",\"seconds\":4}",
        """{"prompt":{"style":"anime","shots":[{"start":0,"end":2,"camera":"pan","beats":[{"start":0.5,"end":1,"text":"x"}]},{"seconds":1,"action":"y"}]}}""",
        """{"prompt":"x","input_reference":{"image_url":"data:image/webp;base64,UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA="}}""",
        "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.mp4\"\r\n\r\n\0\0\0\u0010ftypisom\0\0\0\0\0\0\0\u0008moov\r\n--b--\r\n",
        """{"scene":"a beach","camera":"pan","style":"写真"}""",
        """{"prompt":[{"action":"a"},{"prompt":"b","scene":"海"}],"strength":0.5,"model":"tiny"}""",
    ];

    private static readonly string[] Splices =
    [
        "\0", "\\ud800", "\\u0000", "\"", "{", "}", "[[[[[[[[[[[[[[[[", "null", "1e999", "-0", "NaN", "true", "\r\n", "--b", "--b--", "\uFEFF", "𝕏",
        "0-1s:", "1-0s: ", "9:99", "0:00-", "【", "Shot:", "\u202E", "' OR 1=1", "<script>", "9999999999999999999999", "name=\"\"", "Content-Length: 5", ",", ":",
    ];

    public static (string Method, string Path, string Type, byte[] Body) Next(Random random)
    {
        var method = random.Next(8) switch { 0 => "GET", 1 => "DELETE", 2 => "PUT", 3 => "OPTIONS", _ => "POST" };
        var body = Encoding.UTF8.GetBytes(Pick(random, Bodies)).ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            Damage(random, body);
        }

        return (method, Pick(random, Paths), Pick(random, Types), [.. body]);
    }

    public static IEnumerable<(string, string)> Headers(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                yield return ("Idempotency-Key", new string('k', random.Next(0, 400)));
                break;
            case 1:
                yield return ("Authorization", "Bearer sora_" + new string('0', random.Next(0, 100)));
                break;
            case 2:
                yield return ("Range", "bytes=" + random.Next() + "-" + random.Next(10));
                break;
            case 3:
                yield return ("Accept-Language", "ja;q=" + random.NextDouble());
                break;
            case 4:
                yield return ("Last-Event-ID", new string('9', random.Next(0, 64)));
                break;
            case 5:
                yield return ("Range", "bytes=" + string.Join(',', Enumerable.Range(0, random.Next(1, 50)).Select(i => $"{random.Next(9)}-{i}")));
                yield return ("If-None-Match", "\"" + new string('a', random.Next(0, 100)));
                break;
            case 6:
                yield return ("Accept-Language", new string('j', random.Next(1, 2000)) + ";q=;;");
                yield return ("X-Forwarded-For", "::ffff:" + random.Next());
                break;
        }
    }

    public static byte[] RawBytes(Random random)
    {
        var text = new List<byte>(Encoding.Latin1.GetBytes(
            "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"prompt\":\"x\"}"));
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            Damage(random, text);
        }

        return [.. text];
    }

    private static void Damage(Random random, List<byte> body)
    {
        var at = random.Next(body.Count + 1);
        switch (random.Next(5))
        {
            case 0:
                body.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random, Splices)));
                break;
            case 1 when body.Count > 0:
                body[random.Next(body.Count)] = (byte)random.Next(256);
                break;
            case 2:
                body.RemoveRange(at, random.Next(body.Count - at + 1));
                break;
            case 3:
                body.InsertRange(at, body.GetRange(0, random.Next(body.Count + 1)));
                break;
            default:
                body.InsertRange(at, new byte[random.Next(1, 40)]);
                break;
        }
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
