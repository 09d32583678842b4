using System.Text;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Users;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Tests.State;

/// <summary>
/// States as the first version of the silo left them in Redis: every later version must read them. Add to what is recorded here,
/// never change it.
/// </summary>
public sealed class RecordedStateTests
{
    private const string RunningJob =
        """
        {"life":"Accepted","attempt":0,"token":1,"saves":10,"body":{"spec":{"id":"video_87eb625da59e3c18f0a4fac3cdd8ce2c",
        "owner":"local","model":"tiny","pack":"tiny","prompt":"a red ball bounces on the beach","seed":7,"seconds":1,"size":"512x512",
        "nativeSize":"64x64","steps":24,"guidanceScale":3,"audio":true,"class":"Standard","weight":1,"operation":"Create","strength":1},
        "status":"InProgress","createdAt":"2026-11-22T09:49:24.975137+00:00","startedAt":"2026-11-22T09:49:26.5804292+00:00",
        "worker":"127.0.0.1_21112_154345728",
        "checkpoint":"jobs/video_87eb625da59e3c18f0a4fac3cdd8ce2c/checkpoints/1-24.safetensors","checkpointStep":24,"totalSteps":24,
        "stepsRedone":0,"deviceSeconds":3.7532052999999994,"unknownWords":[],"lossesInRow":0,"losses":0,"ended":false}}
        """;

    private const string User =
        """
        {"slots":[{"jobId":"video_87eb625da59e3c18f0a4fac3cdd8ce2c","at":"2026-11-22T09:49:24.9937656+00:00","attempt":0,"state":"Kept"}]}
        """;

    [Fact]
    public void Read_RunningJob_IsWhatWasStored()
    {
        var state = Read<JobState>(RunningJob);

        Assert.Equal((JobLife.Accepted, 1, 10), (state.Life, state.Token, state.Saves));
        Assert.Equal((JobStatus.InProgress, 24, "127.0.0.1_21112_154345728"), (state.Body!.Status, state.Body.CheckpointStep, state.Body.Worker));
        Assert.Equal(("tiny", 7UL, 24, 3f), (state.Body.Spec.Pack, state.Body.Spec.Seed, state.Body.Spec.Steps, state.Body.Spec.GuidanceScale));
    }

    [Fact]
    public void Read_User_IsWhatWasStored()
    {
        var slot = Assert.Single(Read<UserState>(User).Slots);

        Assert.Equal(("video_87eb625da59e3c18f0a4fac3cdd8ce2c", SlotState.Kept), (slot.JobId, slot.State));
    }

    [Fact]
    public void Read_FieldOfALaterVersion_IsPassedOver() =>
        Assert.Single(Read<UserState>(User.Replace("{\"slots\"", "{\"colour\":{\"of\":[1]},\"slots\"", StringComparison.Ordinal)).Slots);

    [Fact]
    public void Write_WhatWasRead_IsTheSameAgain()
    {
        var state = Read<JobState>(RunningJob);
        var again = Read<JobState>(Encoding.UTF8.GetString(new DomainStateSerializer().Serialize(state).ToArray()));

        Assert.Equal(state.Body!.Spec, again.Body!.Spec);
        Assert.Equal(state.Body.Checkpoint, again.Body.Checkpoint);
    }

    private static T Read<T>(string json) => new DomainStateSerializer().Deserialize<T>(new BinaryData(Encoding.UTF8.GetBytes(json)));
}
