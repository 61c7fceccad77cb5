Attribute VB_Name = "modQnJobs"
Option Explicit

' A long command runs as its own process, started by a short Python call. It writes a small progress file:
' line 1 running|done|failed|stopped, line 2 what to show, line 3 a number that changes every second.
' Excel stays usable; Esc ends that process only.

Private Const EscapePressed As Long = 18
Private Const CancelAsError As Long = 2
Private Const CancelAsUsual As Long = 1
Private Const PollMilliseconds As Long = 250
Private Const SilentPolls As Long = 120

Private mRunning As Boolean

Public Function QnRunJob(ByVal command As String, ByVal argument As String) As Boolean
    ' True when the job ended well. Its last line stands in the status bar or in a message.
    Dim reply As String
    Dim job As String
    Dim state As String
    QnRunJob = False
    If mRunning Then
        QnSayKey "job.busy"
        Exit Function
    End If
    mRunning = True
    On Error GoTo interrupted
    Application.EnableCancelKey = CancelAsError
    QnStatus QnText("job.starting")
    reply = QnCommand(command, argument)
    If Left$(reply, 3) <> "ok|" Then
        QnSay Mid$(reply, InStr(1, reply, "|", vbBinaryCompare) + 1), True
    Else
        job = Mid$(reply, 4)
        state = WaitFor(job)
        QnRunJob = (state = "done")
    End If
finish:
    On Error Resume Next
    Application.EnableCancelKey = CancelAsUsual
    Application.StatusBar = False
    mRunning = False
    Exit Function
interrupted:
    If Err.Number = EscapePressed Then
        If job <> "" Then reply = QnCommand("stop_job", job)
        QnSayKey "job.stopped"
    Else
        QnSayKey "job.failed", Err.Description
    End If
    Resume finish
End Function

Private Function WaitFor(ByVal job As String) As String
    Dim lines As Variant
    Dim text As String
    Dim before As String
    Dim silent As Long
    silent = 0
    Do
        text = QnHostReadText(job)
        If text <> "" Then
            lines = Split(Replace(text, vbCr, ""), vbLf)
            If UBound(lines) >= 1 Then
                WaitFor = CStr(lines(0))
                If WaitFor = "running" Then
                    Application.StatusBar = QnText("job.progress", CStr(lines(1)))
                Else
                    If WaitFor = "done" Then
                        QnStatus CStr(lines(1))
                    Else
                        QnSay CStr(lines(1)), True
                    End If
                    Exit Function
                End If
            End If
        End If
        If text = before Then silent = silent + 1 Else silent = 0
        before = text
        If silent >= SilentPolls Then
            WaitFor = "failed"
            QnSayKey "job.silent"
            Exit Function
        End If
        DoEvents
        QnHostPause PollMilliseconds
    Loop
End Function
